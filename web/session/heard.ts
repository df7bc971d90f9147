// A document made ready for drawing.
import type { AnalysisDocument } from "@/api/client";
import type { Envelope } from "@/drawing/envelope";
import { gridOf, valuesOf, type Grid } from "@/drawing/grid";
import { isInside, spanOf, type View } from "@/drawing/view";
import { evidenceOf, type Evidence } from "./evidence";
import { layersOf, type Layer } from "./layers";
import { verdictOf, type Verdict } from "./verdict";

/** Where a sound came from; kept so that it can be sent again. */
export interface Source {
  name: string;
  /** Empty where a saved analysis came without its sound. */
  blob: Blob;
  sample_id?: string;
}

/** Who heard it. */
export interface Hearer {
  /** Null: the server's first model. */
  model: string | null;
  /** It says itself when it is not sure. */
  rejects: boolean;
  /** From the last byte sent to the first of the answer. */
  waited_ms?: number;
}

export interface Heard {
  source: Source;
  document: AnalysisDocument;
  model: string | null;
  waited_ms?: number;
  verdict: Verdict;
  envelope: Envelope;
  peak: number;
  spectrogram: Grid;
  /** Of the likeliest class first; none from an older model. */
  evidence: Evidence[];
  layers: Layer[];
  /** The stretch that spectrogram and maps show. */
  window: View;
  /** Everything: the sound, and what was filled up after it. */
  whole: View;
}

export function heardOf(document: AnalysisDocument, source: Source, { model, rejects, waited_ms }: Hearer): Heard {
  const { spectrogram, waveform } = document;
  const grid = gridOf(spectrogram);
  const window = { from_s: spectrogram.start_s, to_s: spectrogram.start_s + grid.columns * spectrogram.frame_s };
  const [low, high] = [gridOf(waveform.low), gridOf(waveform.high)];
  return {
    source,
    document,
    model,
    waited_ms,
    verdict: verdictOf(document, rejects),
    envelope: { low: valuesOf(low), high: valuesOf(high) },
    peak: Math.max(-low.min, low.max, high.max, -high.min),
    spectrogram: grid,
    evidence: evidenceOf(document),
    layers: layersOf(document.activations),
    window,
    whole: { from_s: 0, to_s: Math.max(document.duration_s, window.to_s) },
  };
}

export function hasSound({ blob }: Source): boolean {
  return blob.size > 0;
}

/** What the network looked into is less than half of it. */
export function isLong({ window, whole }: Heard): boolean {
  return 2 * spanOf(window) < spanOf(whole);
}

/** A long sound's layers would be slivers: they have its window to themselves, until one looks inside it. */
export function viewOfLayers(heard: Heard | null, view: View): View {
  return heard && isLong(heard) && !isInside(view, heard.window) ? heard.window : view;
}
