// What was heard while listening, from when to when.
import type { Answer } from "@/api/client";
import { csv } from "./csv";
import type { Span } from "./sent";
import type { Verdict } from "./verdict";

/** One class, heard again and again without a pause; or, with no label, a time that was not heard. */
export interface Passage extends Span {
  label: string;
  title: string;
  emoji: string;
  /** The highest. */
  confidence: number;
  /** What has heard it. */
  model: string;
}

// A second of a sound is enough to be named, so it begins a second before the end of the first window that names it, and
// ends as long after the beginning of the last one.
const ENOUGH_MS = 1_000;
const PAUSE_MS = 5_000;
// In ms, which a window that was sent late or left something out may lack.
const GAP_MS = 3_000;
export const MOST_PASSAGES = 10_000;

/** The passages, the newest first, with one more answer about a window; only what is sure is told. */
export function withAnswer(
  passages: readonly Passage[],
  { predictions: [best], model, start_s }: Pick<Answer, "predictions" | "model"> & { start_s: number },
  verdict: Verdict,
  window: Span,
): readonly Passage[] {
  if (!best || verdict !== "known") return passages;
  const { label, title, emoji, confidence } = best;
  // Of what is there when listening begins nobody knows since when.
  const from_ms = start_s === 0 ? window.from_ms : window.to_ms - ENOUGH_MS;
  const to_ms = Math.max(from_ms, window.from_ms) + ENOUGH_MS;
  const goesOn = passages.find(
    (one) => one.label === label && one.model === model && Math.abs(from_ms - one.to_ms) <= PAUSE_MS,
  );
  if (!goesOn) return [{ label, title, emoji, from_ms, to_ms, confidence, model }, ...passages].slice(0, MOST_PASSAGES);
  const longest_ms = Math.max(goesOn.to_ms, window.from_ms + ENOUGH_MS);
  const longer = { ...goesOn, to_ms: longest_ms, confidence: Math.max(goesOn.confidence, confidence) };
  return passages.map((one) => (one === goesOn ? longer : one));
}

/** The same with the time between what was heard last and what is heard now, if there is any to speak of. */
export function withGap(passages: readonly Passage[], from_ms: number, to_ms: number): readonly Passage[] {
  if (to_ms - from_ms < GAP_MS) return passages;
  return [{ label: "", title: "Not heard", emoji: "🔇", from_ms, to_ms, confidence: 0, model: "" }, ...passages];
}

const COLUMNS = ["from", "to", "label", "confidence", "model"];

/** As CSV in the order of time, which is in UTC; what was not heard has no label. */
export function tableOf(passages: readonly Passage[]): string {
  const inOrder = passages.toSorted((one, other) => one.from_ms - other.from_ms);
  const lines = inOrder.map(({ from_ms, to_ms, label, confidence, model }) => {
    return [utc(from_ms), utc(to_ms), label, label && confidence.toFixed(6), model];
  });
  return csv([COLUMNS, ...lines]);
}

function utc(time_ms: number): string {
  return new Date(time_ms).toISOString();
}
