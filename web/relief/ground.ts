// The values of a map as ground to look over.
import type { Grid } from "@/drawing/grid";

/** Heights above crossings of lines: lines of equal time at `times`, of equal frequency at `bands`. */
export interface Ground {
  /** Shares 0..1 of the stretch of time. */
  times: Float32Array;
  /** Shares 0..1 of the bands, from the lowest up. */
  bands: Float32Array;
  /** [bands x times], 0..1 of the range. */
  heights: Float32Array;
}

export interface Ends {
  min: number;
  max: number;
}

interface Plane {
  rows: number;
  columns: number;
  values: Float32Array;
}

export const MOST_LINES = 256;
/** Lines from the middle of a cell to that of the next: more are not to be seen. */
const FINEST = 24;

/**
 * True in the middle of each cell; between the middles of few cells a smooth surface that nowhere goes beyond its
 * neighbours. Of more cells than there may be lines each way, the highest of each group.
 */
export function groundOf(grid: Grid, ends: Ends = grid, most_lines = MOST_LINES): Ground {
  // Beside a line through each cell there is one along both edges.
  const most = most_lines - 2;
  const plane = grouped(grid, ends, most);
  const times = linesOf(plane.columns, most);
  const bands = linesOf(plane.rows, most);
  const wide = alongRows(plane, times);
  const heights = alongColumns(wide, bands);
  return { times: sharesOf(times, plane.columns), bands: sharesOf(bands, plane.rows), heights };
}

/** Height anywhere between the edges, straight between lines. */
export function heightAt({ times, bands, heights }: Ground, time: number, band: number): number {
  const x = placeAmong(times, time);
  const y = placeAmong(bands, band);
  const [column, row] = [Math.min(times.length - 2, Math.floor(x)), Math.min(bands.length - 2, Math.floor(y))];
  const at = row * times.length + column;
  const [near, far] = [at, at + times.length].map((from) =>
    mix(heights[from] as number, heights[from + 1] as number, x - column),
  ) as [number, number];
  return mix(near, far, y - row);
}

function grouped({ rows, columns, min, max, steps }: Grid, ends: Ends, most: number): Plane {
  const to = { rows: groupsIn(rows, most), columns: groupsIn(columns, most) };
  const values = new Float32Array(to.rows * to.columns);
  const [down, across] = [groupsOf(rows, to.rows), groupsOf(columns, to.columns)];
  const heightOf = heightsOfSteps({ min, max }, ends);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (down[row] as number) * to.columns + (across[column] as number);
      const height = heightOf[steps[row * columns + column] as number] as number;
      if (height > (values[at] as number)) values[at] = height;
    }
  }
  return { ...to, values };
}

/** As few as leave all of them about as large. */
function groupsIn(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}

function groupsOf(count: number, groups: number): Uint16Array {
  return Uint16Array.from({ length: count }, (_, i) => Math.floor((i * groups) / count));
}

/** Ground of one value only is level. */
function heightsOfSteps(own: Ends, ends: Ends): Float32Array {
  const span = ends.max - ends.min;
  return Float32Array.from({ length: 256 }, (_, step) => {
    const value = own.min + (step / 255) * (own.max - own.min);
    return span > 0 ? Math.min(1, Math.max(0, (value - ends.min) / span)) : 0;
  });
}

/** Where lines run, counted in cells from the middle of the first: at both edges, through all middles, and between. */
function linesOf(cells: number, most: number): Float32Array {
  const parts = cells < 2 ? 1 : Math.max(1, Math.min(FINEST, Math.floor((most - 1) / (cells - 1))));
  const inner = (cells - 1) * parts + 1;
  return Float32Array.from({ length: inner + 2 }, (_, i) => Math.min(cells - 0.5, i === 0 ? -0.5 : (i - 1) / parts));
}

function sharesOf(lines: Float32Array, cells: number): Float32Array {
  return lines.map((line, i) => (i === lines.length - 1 ? 1 : (line + 0.5) / cells));
}

function alongRows({ rows, columns, values }: Plane, lines: Float32Array): Plane {
  const wide = new Float32Array(rows * lines.length);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < lines.length; i++) {
      wide[row * lines.length + i] = between(values, row * columns, 1, columns, lines[i] as number);
    }
  }
  return { rows, columns: lines.length, values: wide };
}

function alongColumns({ rows, columns, values }: Plane, lines: Float32Array): Float32Array {
  const deep = new Float32Array(lines.length * columns);
  for (let i = 0; i < lines.length; i++) {
    for (let column = 0; column < columns; column++) {
      deep[i * columns + column] = between(values, column, columns, rows, lines[i] as number);
    }
  }
  return deep;
}

// Source: F. N. Fritsch and J. Butland, "A method for constructing local monotone piecewise cubic interpolants" (1984).
function between(values: Float32Array, from: number, stride: number, count: number, line: number): number {
  const place = Math.min(count - 1, Math.max(0, line));
  const below = Math.floor(place);
  const share = place - below;
  const value = (i: number) => values[from + Math.min(count - 1, Math.max(0, i)) * stride] as number;
  const low = value(below);
  if (share === 0) return low;
  const high = value(below + 1);
  const start = slope(low - value(below - 1), high - low);
  const end = slope(high - low, value(below + 2) - high);
  const rest = 1 - share;
  return (
    low * (1 + 2 * share) * rest * rest +
    high * (3 - 2 * share) * share * share +
    start * share * rest * rest -
    end * share * share * rest
  );
}

function slope(before: number, after: number): number {
  return before * after > 0 ? (2 * before * after) / (before + after) : 0;
}

function placeAmong(lines: Float32Array, share: number): number {
  let [below, above] = [0, lines.length - 1];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if ((lines[middle] as number) <= share) below = middle;
    else above = middle;
  }
  const [low, high] = [lines[below] as number, lines[above] as number];
  return below + Math.min(1, Math.max(0, (share - low) / (high - low)));
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
