// What speaks for each of the likeliest classes, and where in the sound it was heard.
import type { AnalysisDocument, EvidenceMap } from "@/api/client";
import { gridOf, type Grid } from "@/drawing/grid";
import { commonRange, type Range } from "@/drawing/range";

export interface Evidence {
  /** Among all maps of the sound. */
  name: string;
  label: string;
  title: string;
  emoji: string;
  facts: EvidenceMap;
  grid: Grid;
}

/** Of the likeliest class first. */
export function evidenceOf({ evidence, predictions }: AnalysisDocument): Evidence[] {
  return evidence.map((facts) => {
    const scored = predictions.find(({ label }) => label === facts.label);
    return {
      name: `evidence ${facts.label}`,
      label: facts.label,
      title: scored?.title ?? facts.label,
      emoji: scored?.emoji ?? "",
      facts,
      grid: gridOf(facts),
    };
  });
}

/** One range for all of them, so that classes can be compared. */
export function rangeOf(evidence: Evidence[]): Range {
  return commonRange(evidence.map(({ grid }) => grid));
}
