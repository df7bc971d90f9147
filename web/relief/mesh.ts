// Ground as triangles, with walls down to its base.
import type { Ground } from "./ground";

/**
 * Seven numbers a vertex: time, height and band (0..1), the normal of the unit cube, and how much of the sky is seen.
 */
export interface Mesh {
  vertices: Float32Array;
  triangles: Uint32Array;
}

export const NUMBERS = 7;

/** How far around a place what is higher takes light from it, as a share of the ground. */
const AROUND = 0.035;
const SHADE = 1.6;
const DARKEST = 0.45;

type Normal = [number, number, number];

export function meshOf(ground: Ground): Mesh {
  const [across, deep] = [ground.times.length, ground.bands.length];
  const corners = across * deep + 4 * (across + deep);
  const squares = (across - 1) * (deep - 1) + 2 * (across - 1) + 2 * (deep - 1);
  const mesh = { vertices: new Float32Array(corners * NUMBERS), triangles: new Uint32Array(squares * 6) };
  const pen = penOf(mesh);
  writeTop(pen, ground);
  const [columns, rows] = [numbered(across), numbered(deep)];
  const lastRow = (deep - 1) * across;
  // Around the ground, so that all of them turn their fronts outwards.
  const walls: [number[], Normal][] = [
    [columns.toReversed(), [0, 0, 1]],
    [rows.map((row) => row * across), [-1, 0, 0]],
    [columns.map((column) => lastRow + column), [0, 0, -1]],
    [rows.toReversed().map((row) => row * across + across - 1), [1, 0, 0]],
  ];
  for (const [edge, normal] of walls) writeWall(pen, ground, edge, normal);
  return mesh;
}

interface Pen {
  /** Gives the vertex its number. */
  vertex: (time: number, height: number, band: number, normal: Normal, open: number) => number;
  square: (a: number, b: number, c: number, d: number) => void;
}

function penOf({ vertices, triangles }: Mesh): Pen {
  let [vertex, corner] = [0, 0];
  return {
    vertex: (time, height, band, normal, open) => {
      vertices.set([time, height, band, ...normal, open], vertex * NUMBERS);
      return vertex++;
    },
    square: (a, b, c, d) => {
      triangles.set([a, b, c, b, d, c], corner);
      corner += 6;
    },
  };
}

function writeTop(pen: Pen, ground: Ground): void {
  const { times, bands, heights } = ground;
  const across = times.length;
  const open = opennessOf(ground);
  for (let row = 0; row < bands.length; row++) {
    for (let column = 0; column < across; column++) {
      const at = row * across + column;
      const normal: Normal = [-steepness(heights, at, 1, times, column), 1, steepness(heights, at, across, bands, row)];
      pen.vertex(times[column] as number, heights[at] as number, bands[row] as number, normal, open[at] as number);
      if (row > 0 && column > 0) pen.square(at - across - 1, at - across, at - 1, at);
    }
  }
}

/** Rise along one axis, from the line before to the line after. */
function steepness(heights: Float32Array, at: number, stride: number, lines: Float32Array, i: number): number {
  const before = i > 0 ? 1 : 0;
  const after = i < lines.length - 1 ? 1 : 0;
  const rise = (heights[at + after * stride] as number) - (heights[at - before * stride] as number);
  return rise / ((lines[i + after] as number) - (lines[i - before] as number));
}

/** From an edge of the ground straight down. */
function writeWall(pen: Pen, { times, bands, heights }: Ground, edge: number[], normal: Normal): void {
  edge.forEach((at, i) => {
    const [time, band] = [times[at % times.length] as number, bands[Math.floor(at / times.length)] as number];
    pen.vertex(time, heights[at] as number, band, normal, 1);
    const foot = pen.vertex(time, 0, band, normal, 1);
    if (i > 0) pen.square(foot - 3, foot - 1, foot - 2, foot);
  });
}

/** Less where the ground around is higher: what lies in a valley is in the shade. */
export function opennessOf({ times, bands, heights }: Ground): Float32Array {
  const [across, deep] = [times.length, bands.length];
  const sums = summed(heights, across, deep);
  const [wide, far] = [across, deep].map((lines) => Math.max(1, Math.round(lines * AROUND))) as [number, number];
  return heights.map((height, at) => {
    const [column, row] = [at % across, Math.floor(at / across)];
    const [left, right] = [Math.max(0, column - wide), Math.min(across, column + wide + 1)];
    const [low, high] = [Math.max(0, row - far), Math.min(deep, row + far + 1)];
    const sum = (y: number, x: number) => sums[y * (across + 1) + x] as number;
    const around =
      (sum(high, right) - sum(high, left) - sum(low, right) + sum(low, left)) / ((right - left) * (high - low));
    return Math.max(DARKEST, 1 - SHADE * Math.max(0, around - height));
  });
}

/** At (y, x) the sum of everything before row y and column x. */
function summed(heights: Float32Array, across: number, deep: number): Float64Array {
  const sums = new Float64Array((across + 1) * (deep + 1));
  for (let row = 0; row < deep; row++) {
    let line = 0;
    for (let column = 0; column < across; column++) {
      line += heights[row * across + column] as number;
      sums[(row + 1) * (across + 1) + column + 1] = (sums[row * (across + 1) + column + 1] as number) + line;
    }
  }
  return sums;
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
