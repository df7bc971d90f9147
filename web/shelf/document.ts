// An analysis in a file from anywhere: only what the page knows is taken over, and every value is held to its range.
import type { ActivationMap, AnalysisDocument, EvidenceMap, HeardWindow, ScoredLabel } from "@/api/client";
import type { Bytes8 } from "@/drawing/grid";
import { fieldsOf, list, number, oneOf, text, Unfit, whole } from "./fields";

const STATES = ["known", "unsure", "silence"] as const;
const LONGEST_S = 86_400;
const MOST_CLASSES = 5_000;
const MOST_MAPS = 1_000;
const MOST_WINDOWS = 100_000;
const MOST_ROWS = 4_096;
const MOST_COLUMNS = 65_536;
const MOST_VALUES = 4e6;
const MOST_CHANNELS = 65_536;
const FAR = 1e30;

/** Throws an Unfit that says what is wrong. */
export function documentIn(value: unknown): AnalysisDocument {
  const found = fieldsOf(value, "the analysis");
  return {
    // Of no use any more: the server keeps an analysis for minutes.
    id: text(found["id"] ?? "", "id"),
    expires_s: 0,
    model: text(found["model"], "model"),
    predictions: predictionsIn(found["predictions"]),
    duration_s: number(found["duration_s"], "duration_s", 0.001, LONGEST_S),
    windows: whole(found["windows"], "windows", 0, MOST_WINDOWS),
    silent: found["silent"] === true,
    state: oneOf(found["state"], "state", STATES),
    resembles: kindIn(found["resembles"], "resembles"),
    sounds: list(found["sounds"], "sounds", MOST_CLASSES, (one, name) => text(one, name)),
    uncertainty: number(found["uncertainty"], "uncertainty", 0, 1),
    timeline: list(found["timeline"], "timeline", MOST_WINDOWS, windowIn),
    waveform: waveformIn(found["waveform"]),
    spectrogram: spectrogramIn(found["spectrogram"]),
    evidence: list(found["evidence"] ?? [], "evidence", MOST_MAPS, evidenceIn),
    activations: list(found["activations"], "activations", MOST_MAPS, activationIn),
  };
}

function predictionsIn(value: unknown): ScoredLabel[] {
  const all = list(value, "predictions", MOST_CLASSES, (one, name) => {
    const { label, title, emoji, category, confidence } = fieldsOf(one, name);
    return {
      label: text(label, `${name}.label`),
      title: text(title, `${name}.title`),
      emoji: text(emoji, `${name}.emoji`, 32),
      category: text(category, `${name}.category`),
      confidence: number(confidence, `${name}.confidence`, 0, 1),
    };
  });
  if (all.length === 0) throw new Unfit("predictions is empty");
  return all;
}

function windowIn(value: unknown, name: string): HeardWindow {
  const found = fieldsOf(value, name);
  return {
    start_s: number(found["start_s"], `${name}.start_s`, 0, LONGEST_S),
    end_s: number(found["end_s"], `${name}.end_s`, 0, LONGEST_S),
    label: text(found["label"], `${name}.label`),
    confidence: number(found["confidence"], `${name}.confidence`, 0, 1),
    state: oneOf(found["state"], `${name}.state`, STATES),
    resembles: kindIn(found["resembles"], `${name}.resembles`),
  };
}

function kindIn(value: unknown, name: string): string | null {
  return value === null || value === undefined ? null : text(value, name);
}

function waveformIn(value: unknown): AnalysisDocument["waveform"] {
  const found = fieldsOf(value, "waveform");
  const [low, high] = [bytesIn(found["low"], "waveform.low"), bytesIn(found["high"], "waveform.high")];
  if (low.shape.length !== 1 || low.shape[0] !== high.shape[0]) throw new Unfit("waveform has two lengths");
  return {
    sample_rate_hz: whole(found["sample_rate_hz"], "waveform.sample_rate_hz", 1, 1e6),
    duration_s: number(found["duration_s"], "waveform.duration_s", 0, LONGEST_S),
    low,
    high,
  };
}

function spectrogramIn(value: unknown): AnalysisDocument["spectrogram"] {
  const found = fieldsOf(value, "spectrogram");
  const hz = list(found["hz"], "spectrogram.hz", MOST_ROWS, (one, name) => number(one, name, 0, 1e6));
  const bytes = planeIn(found, "spectrogram");
  if (hz.length !== bytes.shape[0]) throw new Unfit("spectrogram.hz is not one frequency a row");
  return {
    ...bytes,
    hz,
    start_s: number(found["start_s"], "spectrogram.start_s", -LONGEST_S, LONGEST_S),
    frame_s: number(found["frame_s"], "spectrogram.frame_s", 1e-5, 60),
  };
}

function evidenceIn(value: unknown, name: string): EvidenceMap {
  const found = fieldsOf(value, name);
  return { ...planeIn(found, name), ...stepsIn(found, name), label: text(found["label"], `${name}.label`) };
}

function activationIn(value: unknown, name: string): ActivationMap {
  const found = fieldsOf(value, name);
  return {
    ...planeIn(found, name),
    ...stepsIn(found, name),
    name: text(found["name"], `${name}.name`),
    layer: text(found["layer"], `${name}.layer`),
    inner: text(found["inner"], `${name}.inner`),
    channels: whole(found["channels"], `${name}.channels`, 1, MOST_CHANNELS),
    field_bands: fieldIn(found["field_bands"], `${name}.field_bands`),
    field_frames: fieldIn(found["field_frames"], `${name}.field_frames`),
  };
}

function fieldIn(value: unknown, name: string): number | null {
  return value === null || value === undefined ? null : number(value, name, 0, 1e6);
}

function stepsIn(found: Record<string, unknown>, name: string): { band_step: number; frame_step: number } {
  return {
    band_step: number(found["band_step"], `${name}.band_step`, 1e-3, MOST_ROWS),
    frame_step: number(found["frame_step"], `${name}.frame_step`, 1e-3, MOST_COLUMNS),
  };
}

function planeIn(value: unknown, name: string): Bytes8 {
  const plane = bytesIn(value, name);
  if (plane.shape.length !== 2) throw new Unfit(`${name} is no plane`);
  return plane;
}

/** As many bytes as the shape says; that they are base64 shows when they are read. */
function bytesIn(value: unknown, name: string): Bytes8 {
  const found = fieldsOf(value, name);
  const shape = list(found["shape"], `${name}.shape`, 2, (one, at) => whole(one, at, 1, MOST_COLUMNS));
  const values = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0 || values > MOST_VALUES) throw new Unfit(`${name} is too large`);
  if (shape.length === 2) whole(shape[0], `${name}.shape[0]`, 1, MOST_ROWS);
  const min = number(found["min"], `${name}.min`, -FAR, FAR);
  const data = text(found["data"], `${name}.data`, 4 * Math.ceil(values / 3));
  return { shape, min, max: number(found["max"], `${name}.max`, min, FAR), data };
}
