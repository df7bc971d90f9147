// Which colours the values of a map get: from nothing upwards, or both ways from zero.
import { diverging, sequential, type PaletteName, type Table } from "./palettes";

export interface Range {
  min: number;
  max: number;
}

/** One for all of them, so that they can be compared. */
export function commonRange(ranges: readonly Range[]): Range {
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

/** Colours of the values from `from` to `to`; the ends that were really met are `min` and `max`. */
export interface Colouring {
  table: Table;
  from: number;
  to: number;
  min: number;
  max: number;
  signed: boolean;
}

/** Signed values spread evenly around zero, so that zero is always the middle colour. */
export function colouringOf(range: Range, palette: PaletteName, dark: boolean): Colouring {
  const { min, max } = range;
  if (min >= 0) return { table: sequential(palette), from: min, to: max, min, max, signed: false };
  return signedColouring(range, dark);
}

/** Both ways from zero, also where all values are on one side. */
export function signedColouring({ min, max }: Range, dark: boolean): Colouring {
  const far = Math.max(-min, max);
  return { table: diverging(dark), from: -far, to: far, min, max, signed: true };
}

/** Levels in dB are below zero without being signed in that sense. */
export function levelColouring(range: Range, palette: PaletteName): Colouring {
  const { min, max } = range;
  return { table: sequential(palette), from: min, to: max, min, max, signed: false };
}

/** Where a value lies between the ends, 0..1. */
export function placeOf(colouring: Colouring, value: number): number {
  const span = colouring.to - colouring.from;
  return span > 0 ? Math.min(1, Math.max(0, (value - colouring.from) / span)) : 0;
}
