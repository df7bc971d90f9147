// Whether an answer is one.
import type { AnalysisDocument } from "@/api/client";

export type Verdict = AnalysisDocument["state"];

// A model without a threshold of its own never says that it is not sure: below this share the page says it.
export const SURE = 0.5;

/** `rejects`: the model has a threshold, so that what it calls known is known. */
export function verdictOf({ state, predictions }: Judged, rejects: boolean): Verdict {
  if (state !== "known" || rejects) return state;
  return (predictions[0]?.confidence ?? 0) >= SURE ? "known" : "unsure";
}

type Judged = { state: Verdict; predictions: { confidence: number }[] };
