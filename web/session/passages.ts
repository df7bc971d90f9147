// What was heard while listening, from when to when.
import type { Answer } from "@/api/client";
import { csv } from "./csv";
import type { Verdict } from "./verdict";

/** One class, heard again and again without a pause. */
export interface Passage {
  label: string;
  title: string;
  emoji: string;
  /** When it was heard first and last, in ms since 1970. */
  from_ms: number;
  to_ms: number;
  /** The highest. */
  confidence: number;
  /** What has heard it. */
  model: string;
}

// A window reaches so far back that a shorter pause is none.
const PAUSE_MS = 5_000;
export const MOST_PASSAGES = 500;

/** The passages, the newest first, with one more answer; only what is sure is told. */
export function withAnswer(
  passages: readonly Passage[],
  { predictions: [best], model }: Pick<Answer, "predictions" | "model">,
  verdict: Verdict,
  now_ms: number,
): readonly Passage[] {
  if (!best || verdict !== "known") return passages;
  const { label, title, emoji, confidence } = best;
  const goesOn = passages.find((one) => one.label === label && one.model === model && now_ms - one.to_ms <= PAUSE_MS);
  if (!goesOn) {
    const first = { label, title, emoji, from_ms: now_ms, to_ms: now_ms, confidence, model };
    return [first, ...passages].slice(0, MOST_PASSAGES);
  }
  const longer = { ...goesOn, to_ms: now_ms, confidence: Math.max(goesOn.confidence, confidence) };
  return passages.map((one) => (one === goesOn ? longer : one));
}

const COLUMNS = ["from", "to", "label", "confidence", "model"];

/** As CSV, the oldest first, with times in UTC. */
export function tableOf(passages: readonly Passage[]): string {
  const lines = passages.toReversed().map(({ from_ms, to_ms, label, confidence, model }) => {
    return [utc(from_ms), utc(to_ms), label, confidence.toFixed(6), model];
  });
  return csv([COLUMNS, ...lines]);
}

function utc(time_ms: number): string {
  return new Date(time_ms).toISOString();
}
