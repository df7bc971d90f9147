// Steps to pixels.
import type { Grid } from "./grid";
import { placeOf, type Colouring } from "./range";

/** Pixels of a grid with its lowest band at the bottom, as ImageData wants them. */
export function pixelsOf(grid: Grid, colouring: Colouring): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(grid.rows * grid.columns);
  writeGrid(pixels, grid.columns, 0, 0, grid, colourOfStep(grid, colouring));
  return new Uint8ClampedArray(pixels.buffer);
}

/** Packed colour of each of the 256 steps of a grid. */
export function colourOfStep(grid: Grid, colouring: Colouring): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, step) => {
    const value = grid.min + (step / 255) * (grid.max - grid.min);
    return colouring.table[Math.round(placeOf(colouring, value) * 255)] ?? 0;
  });
}

/** Writes a grid into a larger picture of packed pixels, its top left corner at (x, y). */
export function writeGrid(
  pixels: Uint32Array,
  stride: number,
  x: number,
  y: number,
  grid: Grid,
  colours: Uint32Array,
): void {
  for (let row = 0; row < grid.rows; row++) {
    let to = (y + grid.rows - 1 - row) * stride + x;
    const from = row * grid.columns;
    for (let i = from; i < from + grid.columns; i++) pixels[to++] = colours[grid.steps[i] as number] as number;
  }
}
