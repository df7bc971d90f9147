// Fine spectrograms, away from the page's own thread.
import type { Grid } from "@/drawing/grid";
import { gridOfLevels, highestHeard, levelsOf, loudest, type SpectrumWish } from "@/drawing/spectrum";

const DEPTH_DB = 90;
const SURVEY_COLUMNS = 200;
const LEAST_HZ = 9000;

export type ToWorker = { samples: Float32Array; rate_hz: number } | { wish: SpectrumWish; sounds: number };
/** The wish as it was granted, of the sound with this number. */
export type FromWorker = { grid: Grid; wish: SpectrumWish; sounds: number };

let samples = new Float32Array();
let rate_hz = 1;
// The loudest that a coarse look at the whole sound finds, so that a colour means the same level at every zoom.
let top_db: number | null = null;
// Sounds of low sample rates leave the upper half dark: it is not shown.
let highest_hz = Infinity;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("samples" in data) {
    samples = data.samples as Float32Array<ArrayBuffer>;
    rate_hz = data.rate_hz;
    top_db = null;
    highest_hz = Infinity;
    return;
  }
  if (top_db === null) survey(data.wish);
  const wish = { ...data.wish, highest_hz: Math.min(highest_hz, data.wish.highest_hz) };
  const grid = gridOfLevels(levelsOf(samples, rate_hz, wish), top_db ?? 0, DEPTH_DB);
  self.postMessage({ grid, wish, sounds: data.sounds } satisfies FromWorker, { transfer: [grid.steps.buffer] });
};

// A coarse look at the whole sound, before anything else is asked for.
function survey(wish: SpectrumWish): void {
  const whole = { ...wish, from_s: 0, to_s: samples.length / rate_hz, columns: SURVEY_COLUMNS };
  const levels = levelsOf(samples, rate_hz, whole);
  top_db = Math.ceil(loudest(levels));
  highest_hz = Math.max(LEAST_HZ, Math.ceil(highestHeard(levels, top_db - DEPTH_DB, wish.highest_hz) / 1000) * 1000);
}
