// Maps by name, and what can be said of one of their places.
import { hzOfBand } from "@/drawing/bands";
import { patchOf, type MapSteps } from "@/drawing/field";
import { valueAt, type Grid } from "@/drawing/grid";
import { clock, hertz, number, seconds } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import type { HeardMap } from "@/session/layers";
import type { Looked } from "@/session/session";

export function mapOf(heard: Heard, name: string): HeardMap | undefined {
  return heard.layers.flatMap(({ main, inside }) => [main, ...inside]).find(({ facts }) => facts.name === name);
}

/** Whatever lies on the spectrogram under that name: an activation, or what speaks for a class. */
export function placedOf(heard: Heard, name: string): { facts: MapSteps; grid: Grid } | undefined {
  return mapOf(heard, name) ?? heard.evidence.find((one) => one.name === name);
}

/** "15.00 to 19.99 s": of which stretch of the sound the maps are. */
export function windowWords({ window, document }: Heard): string {
  return `${clock(window.from_s, document.duration_s)} to ${clock(window.to_s, document.duration_s)}`;
}

/** "0.42 · sees 0.90–1.50 s, 300 Hz–1.2 kHz" */
export function placeReading(heard: Heard, place: Looked, grid: Grid): string {
  const map = placedOf(heard, place.name);
  if (!map) return "";
  const { frame_s, hz } = heard.document.spectrogram;
  const patch = patchOf(map.facts, place.row, place.column, heard.spectrogram.rows, heard.spectrogram.columns);
  const [from, to] = [patch.frame_from, patch.frame_to].map((frame) => heard.window.from_s + frame * frame_s) as [
    number,
    number,
  ];
  // Neither older model files nor evidence tell how far a place sees: then this is only where it stands.
  const verb = map.facts.field_bands && map.facts.field_frames ? "sees" : "at";
  const [low, high] = [patch.band_from, patch.band_to].map((band) => hertz(hzOfBand(hz, band - 0.5)));
  return `${number(valueAt(grid, place.row, place.column))} · ${verb} ${from.toFixed(2)}–${seconds(to)}, ${low}–${high}`;
}
