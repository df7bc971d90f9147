// Numbers as people read them, with a true minus sign.

export function seconds(time_s: number, digits = 2): string {
  return `${signed(time_s, digits)} s`;
}

/** 0:07.2 where minutes matter: in a sound of a minute or more. */
export function clock(time_s: number, duration_s = time_s): string {
  if (Math.round(duration_s * 100) < 6000) return seconds(time_s);
  const tenths = Math.round(time_s * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/** For an axis over minutes: 1:05, or 1:05.5 where it tells so much. */
export function shortClock(time_s: number, digits = 0): string {
  const steps = 10 ** digits;
  const rounded = Math.round(time_s * steps);
  const seconds = ((rounded % (60 * steps)) / steps).toFixed(digits);
  return `${Math.floor(rounded / (60 * steps))}:${seconds.padStart(digits > 0 ? 3 + digits : 2, "0")}`;
}

/** Of what may take hours: 1:05, 2:01:05. */
export function longClock(time_s: number): string {
  const [hours, rest] = [Math.floor(Math.round(time_s) / 3600), Math.round(time_s) % 3600];
  return hours > 0 ? `${hours}:${shortClock(rest).padStart(5, "0")}` : shortClock(rest);
}

/** Of a limit: "5 minutes", "90 s". */
export function duration(time_s: number): string {
  const minutes = time_s / 60;
  return minutes > 1 && Number.isInteger(minutes) ? `${minutes} minutes` : `${time_s} s`;
}

export function hertz(hz: number): string {
  if (hz < 1000) return `${Math.round(hz)} Hz`;
  return `${Number((hz / 1000).toPrecision(3))} kHz`;
}

/** For an axis, where the unit stands once. */
export function shortHertz(hz: number): string {
  return hz < 1000 ? `${hz}` : `${hz / 1000}k`;
}

export function decibel(db: number): string {
  return `${signed(db, 1)} dB`;
}

/** For a scale, where the unit stands once. */
export function level(db: number): string {
  return signed(db, 1);
}

/** Three digits that matter. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return signed(value, digits);
}

/** Never 100 % for what is not certain, never 0 % for what is possible; its space breaks no line. */
export function percent(share: number): string {
  return `${percents(share * 100)}\u00a0%`;
}

function percents(value: number): string {
  if (value > 99 && value < 100) return value > 99.9 ? ">99.9" : (Math.floor(value * 10) / 10).toFixed(1);
  if (value > 0 && value < 1) return value < 0.1 ? "<0.1" : value.toFixed(1);
  return `${Math.round(value)}`;
}

export function bytes(size_bytes: number): string {
  if (size_bytes < 1e6) return `${Math.max(1, Math.round(size_bytes / 1e3))} kB`;
  return `${(size_bytes / 1e6).toFixed(1)} MB`;
}

/** "rain, wind and hail" */
export function listed(words: string[], link: "and" | "or"): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(` ${link} `);
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
