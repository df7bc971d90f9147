// A sound that nobody brought. The results are put together and painted with it, unseen, while a person still
// chooses one: what the first sound would wait for (code to compile, fonts, canvases) is there by then.
import type { ActivationMap, AnalysisDocument } from "@/api/client";
import { heardOf, type Heard } from "./heard";

/** Blocks in each layer of each network: as many as the default model has. */
const BLOCKS = [0, 1, 2, 3, 3];
const MEMBERS = ["mobilenet", "efficientnet"];
const BANDS = 128;
const FRAMES = 173;
const DURATION_S = 5;

export function rehearsal(): Heard {
  const document = { ...DOCUMENT, activations: BLOCKS.flatMap(layerOf) };
  return heardOf(document, { name: "", blob: new Blob(["-"]) }, { model: null, rejects: false });
}

const DOCUMENT: Omit<AnalysisDocument, "activations"> = {
  id: "",
  expires_s: 0,
  model: "",
  predictions: Array.from({ length: 50 }, (_, i) => ({
    label: String(i),
    title: "Sound",
    emoji: "🔔",
    category: "",
    confidence: 0.9 ** i,
  })),
  duration_s: DURATION_S,
  windows: 1,
  silent: false,
  state: "known",
  resembles: null,
  sounds: [],
  uncertainty: 0.5,
  timeline: [],
  waveform: {
    sample_rate_hz: 44_100,
    duration_s: DURATION_S,
    low: blank([1600], -1, 0),
    high: blank([1600], 0, 1),
  },
  spectrogram: {
    ...blank([BANDS, FRAMES], -80, 0),
    hz: Array.from({ length: BANDS }, (_, i) => 20 + 100 * i),
    start_s: 0,
    frame_s: DURATION_S / FRAMES,
  },
  evidence: Array.from({ length: 5 }, (_, i) => ({
    ...blank([BANDS / 16, Math.ceil(FRAMES / 16)], -1, 1),
    label: String(i),
    band_step: 16,
    frame_step: 16,
  })),
};

function layerOf(blocks: number, i: number): ActivationMap[] {
  const step = 2 ** Math.max(1, i);
  const layer = i === 0 ? "conv1" : `layer${i}`;
  const inside = MEMBERS.flatMap((member) =>
    Array.from({ length: blocks }, (_, b) => ["relu", "conv"].map((part) => `${member}.block${b}.${part}`)).flat(),
  );
  return [...inside, ""].map((inner) => ({
    ...blank([BANDS / step, Math.ceil(FRAMES / step)], inner.endsWith("conv") ? -1 : 0, 1),
    name: inner ? `${layer}.${inner}` : layer,
    layer,
    inner,
    channels: 16 * step,
    band_step: step,
    frame_step: step,
    field_bands: null,
    field_frames: null,
  }));
}

/** Nothing but zeros. */
function blank(shape: number[], min: number, max: number) {
  const bytes = shape.reduce((product, length) => product * length, 1);
  const data = "A".repeat(Math.ceil((bytes * 4) / 3)) + "=".repeat((3 - (bytes % 3)) % 3);
  return { shape, min, max, data };
}
