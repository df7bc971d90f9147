// What one place of a map saw of the spectrogram.

/** Rows and columns of the spectrogram, as places between cells: [from, to). */
export interface Patch {
  band_from: number;
  band_to: number;
  frame_from: number;
  frame_to: number;
}

export interface MapSteps {
  band_step: number;
  frame_step: number;
  field_bands?: number | null;
  field_frames?: number | null;
}

/**
 * The receptive field around row * band_step, column * frame_step, cut off at the edges; the place's own cell where
 * the model file does not tell the field.
 */
export function patchOf(map: MapSteps, row: number, column: number, bands: number, frames: number): Patch {
  const [band_from, band_to] = reach(row, map.band_step, map.field_bands, bands);
  const [frame_from, frame_to] = reach(column, map.frame_step, map.field_frames, frames);
  return { band_from, band_to, frame_from, frame_to };
}

function reach(place: number, step: number, field: number | null | undefined, size: number): [number, number] {
  if (!field) return [clamp(place * step, size), clamp((place + 1) * step, size)];
  const centre = place * step + 0.5;
  return [clamp(centre - field / 2, size), clamp(centre + field / 2, size)];
}

function clamp(value: number, size: number): number {
  return Math.min(size, Math.max(0, value));
}
