// Which spectrogram is to be seen now, and where on it a time and a frequency lie.
import { bandOfHz, hzOfBand, melCentres } from "@/drawing/bands";
import { valueAt, type Grid } from "@/drawing/grid";
import type { View } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { mode } from "@/session/session";
import { fine } from "@/sound/fine";
import { listening } from "@/sound/listening";

export interface Seen {
  grid: Grid;
  placed: View;
  centres_hz: ArrayLike<number>;
  /** Up to where the network hears, where more is shown. */
  heard_hz?: number;
  smooth: boolean;
}

/** The fine one once the worker has made it of all that is shown; until then, and otherwise, what the network saw. */
export function seenOf(heard: Heard, shown?: View): Seen {
  const made = fine.get();
  const now = listening.get();
  const { hz } = heard.document.spectrogram;
  if (
    mode.get() === "fine" &&
    made &&
    now.state === "ready" &&
    made.sound === now.sound &&
    (!shown || holds(made.placed, shown))
  ) {
    const centres_hz = fineCentres(made.grid.rows, made.highest_hz);
    return { grid: made.grid, placed: made.placed, centres_hz, heard_hz: hz.at(-1), smooth: true };
  }
  return { grid: heard.spectrogram, placed: heard.window, centres_hz: hz, smooth: false };
}

function holds(placed: View, shown: View): boolean {
  return placed.from_s <= shown.from_s && placed.to_s >= shown.to_s;
}

/** Level at a time and a frequency; null beyond the picture. */
export function levelAt(seen: Seen, time_s: number, hz: number): number | null {
  const share = (time_s - seen.placed.from_s) / (seen.placed.to_s - seen.placed.from_s);
  const column = Math.floor(share * seen.grid.columns);
  const row = Math.min(seen.grid.rows - 1, Math.max(0, Math.round(bandOfHz(seen.centres_hz, hz))));
  return column >= 0 && column < seen.grid.columns ? valueAt(seen.grid, row, column) : null;
}

/** Frequency at a share of the height, from the top. */
export function hzAt(seen: Seen, share: number): number {
  return hzOfBand(seen.centres_hz, (1 - share) * seen.grid.rows - 0.5);
}

/** Share of the height, from the top, at which a frequency lies. */
export function shareOfHz(seen: Seen, hz: number): number {
  return 1 - (bandOfHz(seen.centres_hz, hz) + 0.5) / seen.grid.rows;
}

const known = new Map<string, Float64Array>();

function fineCentres(rows: number, highest_hz: number): Float64Array {
  const key = `${rows} ${highest_hz}`;
  const centres = known.get(key) ?? melCentres(rows, highest_hz);
  known.set(key, centres);
  return centres;
}
