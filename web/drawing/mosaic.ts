// All channels of a map in one picture.

export interface Mosaic {
  across: number;
  down: number;
  cell_width_px: number;
  cell_height_px: number;
  gap_px: number;
  width_px: number;
  height_px: number;
}

/** As many cells side by side as are at least `least_px` wide; each `aspect` times as wide as high. */
export function mosaicOf(count: number, width_px: number, least_px: number, aspect: number, gap_px: number): Mosaic {
  const fits = Math.floor((width_px + gap_px) / (least_px + gap_px));
  const across = Math.max(1, Math.min(count, fits));
  const cell_width_px = (width_px - (across - 1) * gap_px) / across;
  const cell_height_px = Math.max(8, Math.round(cell_width_px / aspect));
  const down = Math.ceil(count / across);
  const height_px = down * cell_height_px + (down - 1) * gap_px;
  return { across, down, cell_width_px, cell_height_px, gap_px, width_px, height_px };
}

export interface Cells {
  least_px: number;
  most_px: number;
  aspect: number;
  gap_px: number;
}

/** With cells as wide as still lets all of them fit into the height `room_px`; where none do, the least. */
export function fittingMosaic(count: number, width_px: number, room_px: number, cells: Cells): Mosaic {
  const { least_px, most_px, aspect, gap_px } = cells;
  for (let wide_px = most_px; wide_px > least_px; wide_px -= gap_px) {
    const mosaic = mosaicOf(count, width_px, wide_px, aspect, gap_px);
    if (mosaic.height_px <= room_px) return mosaic;
  }
  return mosaicOf(count, width_px, least_px, aspect, gap_px);
}

export function cellBox(mosaic: Mosaic, place: number): { x: number; y: number; width: number; height: number } {
  const [column, row] = [place % mosaic.across, Math.floor(place / mosaic.across)];
  return {
    x: column * (mosaic.cell_width_px + mosaic.gap_px),
    y: row * (mosaic.cell_height_px + mosaic.gap_px),
    width: mosaic.cell_width_px,
    height: mosaic.cell_height_px,
  };
}

/** Place in the mosaic and position 0..1 inside the cell (from its top left); null between cells. */
export function cellAt(
  mosaic: Mosaic,
  count: number,
  x: number,
  y: number,
): { place: number; u: number; v: number } | null {
  const column = Math.floor(x / (mosaic.cell_width_px + mosaic.gap_px));
  const row = Math.floor(y / (mosaic.cell_height_px + mosaic.gap_px));
  const place = row * mosaic.across + column;
  if (x < 0 || y < 0 || column >= mosaic.across || place >= count) return null;
  const box = cellBox(mosaic, place);
  const [u, v] = [(x - box.x) / box.width, (y - box.y) / box.height];
  return u < 1 && v < 1 ? { place, u, v } : null;
}
