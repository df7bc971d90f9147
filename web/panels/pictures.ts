// Coloured pictures of grids, made once for each palette and theme, however often they are drawn.
import type { Grid } from "@/drawing/grid";
import { pictureOf, type Picture } from "@/drawing/picture";
import { colouringOf, levelColouring, signedColouring, type Colouring } from "@/drawing/range";
import { pixelsOf } from "@/drawing/raster";
import { palette } from "@/session/session";

export interface Coloured {
  picture: Picture;
  colouring: Colouring;
}

const kept = new WeakMap<Grid, Coloured & { key: string }>();

export function colouredMap(grid: Grid, dark: boolean): Coloured {
  return coloured(grid, `map ${palette.get()} ${dark}`, () => colouringOf(grid, palette.get(), dark));
}

/** For and against, in colours over a range that several share. */
export function colouredEvidence(grid: Grid, range: { min: number; max: number }, dark: boolean): Coloured {
  return coloured(grid, `evidence ${dark}`, () => signedColouring(range, dark));
}

export function colouredLevels(grid: Grid): Coloured {
  return coloured(grid, `levels ${palette.get()}`, () => levelColouring(grid, palette.get()));
}

function coloured(grid: Grid, key: string, choose: () => Colouring): Coloured {
  const known = kept.get(grid);
  if (known?.key === key) return known;
  const colouring = choose();
  const made = { key, colouring, picture: pictureOf(pixelsOf(grid, colouring), grid.columns, grid.rows) };
  kept.set(grid, made);
  return made;
}
