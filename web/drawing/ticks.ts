// Round numbers along an axis.

const ROUND_HZ = [20, 50, 100, 200, 500, 1000, 2000, 4000, 8000, 16000];

/** Multiples of 1, 2 or 5 times a power of ten inside [from, to], at most `most` of them. */
export function roundTicks(from: number, to: number, most: number): number[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const step = roundStep(span / most);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => tidy((first + i) * step));
}

const CLOCK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Whole seconds in [from, to], as far apart as a clock counts: at most `most` of them. */
export function clockTicks(from_s: number, to_s: number, most: number): number[] {
  const least_s = (to_s - from_s) / most;
  const step_s = CLOCK_STEPS_S.find((one) => one >= least_s) ?? 3600 * Math.ceil(least_s / 3600);
  const first = Math.ceil(from_s / step_s);
  return Array.from({ length: Math.floor(to_s / step_s) - first + 1 }, (_, i) => (first + i) * step_s);
}

/** How many decimals tell neighbours apart. */
export function digitsOf([first = 0, second = first + 1]: number[]): number {
  return Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9));
}

/** The smallest of 1, 2, 5, 10 ... that is not below `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Round frequencies whose places (from the bottom, in pixels) keep `apart_px` between them; high ones first. */
export function frequencyTicks(
  yOfHz: (hz: number) => number,
  lowest_hz: number,
  highest_hz: number,
  apart_px: number,
): number[] {
  const kept: number[] = [];
  for (const hz of ROUND_HZ.toReversed()) {
    if (hz < lowest_hz || hz > highest_hz) continue;
    const above = kept.at(-1);
    if (above === undefined || Math.abs(yOfHz(hz) - yOfHz(above)) >= apart_px) kept.push(hz);
  }
  return kept.reverse();
}

// 3 * 0.1 is 0.30000000000000004.
function tidy(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}
