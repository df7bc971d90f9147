// A document made ready for drawing.
import type { ActivationMap, AnalysisDocument } from "@/api/client";
import type { Envelope } from "@/drawing/envelope";
import { gridOf, valuesOf, type Grid } from "@/drawing/grid";
import { isInside, spanOf, type View } from "@/drawing/view";
import { verdictOf, type Verdict } from "./verdict";

/** Where a sound came from; kept so that it can be sent again. */
export interface Source {
  name: string;
  blob: Blob;
  sample_id?: string;
}

export interface HeardMap {
  facts: ActivationMap;
  grid: Grid;
}

export interface Layer {
  name: string;
  main: HeardMap;
  inside: HeardMap[];
}

/** Who heard it. */
export interface Hearer {
  /** Null: the server's first model. */
  model: string | null;
  /** It says itself when it is not sure. */
  rejects: boolean;
}

export interface Heard {
  source: Source;
  document: AnalysisDocument;
  model: string | null;
  verdict: Verdict;
  envelope: Envelope;
  peak: number;
  spectrogram: Grid;
  layers: Layer[];
  /** The stretch that spectrogram and maps show. */
  window: View;
  /** Everything: the sound, and what was filled up after it. */
  whole: View;
}

export function heardOf(document: AnalysisDocument, source: Source, { model, rejects }: Hearer): Heard {
  const { spectrogram, waveform } = document;
  const grid = gridOf(spectrogram);
  const window = { from_s: spectrogram.start_s, to_s: spectrogram.start_s + grid.columns * spectrogram.frame_s };
  const [low, high] = [gridOf(waveform.low), gridOf(waveform.high)];
  return {
    source,
    document,
    model,
    verdict: verdictOf(document, rejects),
    envelope: { low: valuesOf(low), high: valuesOf(high) },
    peak: Math.max(-low.min, low.max, high.max, -high.min),
    spectrogram: grid,
    layers: layersOf(document.activations),
    window,
    whole: { from_s: 0, to_s: Math.max(document.duration_s, window.to_s) },
  };
}

/** What the network looked into is less than half of it. */
export function isLong({ window, whole }: Heard): boolean {
  return 2 * spanOf(window) < spanOf(whole);
}

/** A long sound's layers would be slivers: they have its window to themselves, until one looks inside it. */
export function viewOfLayers(heard: Heard | null, view: View): View {
  return heard && isLong(heard) && !isInside(view, heard.window) ? heard.window : view;
}

/** Layers in the order the sound meets them, each with the maps inside it, in the same order. */
export function layersOf(activations: ActivationMap[]): Layer[] {
  const maps = activations.map((facts) => ({ facts, grid: gridOf(facts) }));
  return maps
    .filter(({ facts }) => facts.inner === "")
    .map((main) => ({
      name: main.facts.layer,
      main,
      inside: maps.filter(({ facts }) => facts.layer === main.facts.layer && facts.inner !== ""),
    }));
}

/** Where inside a layer a map stands: "mobilenet.block0.conv" and, of a lone network, "block0.conv". */
export function placeOf({ inner }: ActivationMap): { member: string; block: string; part: string } {
  const [part = "", block = "", ...member] = inner.split(".").reverse();
  return { member: member.reverse().join("."), block, part };
}

/** The maps inside a layer by the network that they belong to, where several hear side by side. */
export function byMember(inside: HeardMap[]): { member: string; maps: HeardMap[] }[] {
  const members = [...new Set(inside.map(({ facts }) => placeOf(facts).member))];
  return members.map((member) => ({ member, maps: inside.filter(({ facts }) => placeOf(facts).member === member) }));
}
