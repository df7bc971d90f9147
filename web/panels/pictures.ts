// Coloured pictures of grids, made once for each palette and theme, however often they are drawn.
import type { Grid } from "@/drawing/grid";
import { pictureOf, type Picture } from "@/drawing/picture";
import { colouringOf, levelColouring, signedColouring, type Colouring, type Range } from "@/drawing/range";
import { pixelsOf } from "@/drawing/raster";
import { palette } from "@/session/session";

export interface Coloured {
  picture: Picture;
  colouring: Colouring;
}

const kept = new WeakMap<Grid, Coloured & { key: string }>();

/** In colours over its own range, or over one that several share. */
export function colouredMap(grid: Grid, dark: boolean, range: Range = grid): Coloured {
  return coloured(grid, `map ${palette.get()} ${dark} ${over(range)}`, () => colouringOf(range, palette.get(), dark));
}

/** For and against. */
export function colouredEvidence(grid: Grid, range: Range, dark: boolean): Coloured {
  return coloured(grid, `evidence ${dark} ${over(range)}`, () => signedColouring(range, dark));
}

export function colouredLevels(grid: Grid, range: Range = grid): Coloured {
  return coloured(grid, `levels ${palette.get()} ${over(range)}`, () => levelColouring(range, palette.get()));
}

function over({ min, max }: Range): string {
  return `${min} ${max}`;
}

function coloured(grid: Grid, key: string, choose: () => Colouring): Coloured {
  const known = kept.get(grid);
  if (known?.key === key) return known;
  const colouring = choose();
  const made = { key, colouring, picture: pictureOf(pixelsOf(grid, colouring), grid.columns, grid.rows) };
  kept.set(grid, made);
  return made;
}
