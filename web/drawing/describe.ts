// What a picture shows, in a sentence: for those who do not see it.
import { hzOfBand } from "./bands";
import { valueAt, type Grid } from "./grid";
import { clock, decibel, hertz, number, seconds } from "./words";
import type { View } from "./view";

export function describeSpectrogram(grid: Grid, placed: View, centres_hz: ArrayLike<number>): string {
  const { row, column } = peakOf(grid);
  const time_s = timeOfColumn(column, grid, placed);
  const [lowest, highest] = [hzOfBand(centres_hz, 0), hzOfBand(centres_hz, grid.rows - 1)].map(hertz);
  const extent = `Spectrogram from ${seconds(placed.from_s, 1)} to ${seconds(placed.to_s, 1)}, ${lowest} to ${highest}`;
  if (grid.min === grid.max) return `${extent}, ${decibel(grid.min)} everywhere.`;
  return (
    `${extent}, levels ${decibel(grid.min)} to ${decibel(grid.max)}. ` +
    `Loudest at ${seconds(time_s)}, near ${hertz(hzOfBand(centres_hz, row))}.`
  );
}

/** Of the mean of several channels, or of one. */
export function describeMap(name: string, grid: Grid, placed: View, channels = 1): string {
  const { column } = peakOf(grid);
  const time_s = timeOfColumn(column, grid, placed);
  return (
    `${name}: ${channels > 1 ? `mean of ${channels} channels, ` : ""}${grid.rows} by ${grid.columns} places, ` +
    `values ${number(grid.min)} to ${number(grid.max)}, highest at ${seconds(time_s)}.`
  );
}

/** What speaks for a class. */
export function describeEvidence(title: string, grid: Grid, placed: View, centres_hz: ArrayLike<number>): string {
  const { row, column, value } = peakOf(grid);
  const time_s = timeOfColumn(column, grid, placed);
  const band = ((row + 0.5) / grid.rows) * centres_hz.length - 0.5;
  return (
    `What speaks for ${title}, and against it: ${grid.rows} by ${grid.columns} places, ` +
    `${number(grid.min)} to ${number(grid.max)}; most, ${number(value)}, at ${seconds(time_s)}, ` +
    `near ${hertz(hzOfBand(centres_hz, band))}.`
  );
}

export function describeWaveform(high: Float32Array, low: Float32Array, duration_s: number): string {
  let [most, place] = [0, 0];
  for (let i = 0; i < high.length; i++) {
    const size = Math.max(Math.abs(high[i] ?? 0), Math.abs(low[i] ?? 0));
    if (size > most) [most, place] = [size, i];
  }
  const time_s = ((place + 0.5) / Math.max(1, high.length)) * duration_s;
  return `Waveform of ${clock(duration_s)}; loudest at ${clock(time_s)}, ${number(most)} of full scale.`;
}

/** The middle of a column. */
function timeOfColumn(column: number, { columns }: Grid, placed: View): number {
  return placed.from_s + ((column + 0.5) / columns) * (placed.to_s - placed.from_s);
}

/** Arrays that came over the wire reach 255 somewhere; others are searched. */
export function peakOf(grid: Grid): { row: number; column: number; value: number } {
  const top = grid.steps.indexOf(255);
  const at = top >= 0 ? top : highest(grid.steps);
  const [row, column] = [Math.floor(at / grid.columns), at % grid.columns];
  return { row, column, value: valueAt(grid, row, column) };
}

function highest(steps: Uint8Array): number {
  let step = -1;
  let at = 0;
  for (let i = 0; i < steps.length; i++) {
    const here = steps[i] as number;
    if (here <= step) continue;
    step = here;
    at = i;
  }
  return at;
}
