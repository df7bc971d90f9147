import { describe, expect, it } from "vitest";

import type { AnalysisDocument } from "@/api/client";
import { valueAt } from "@/drawing/grid";
import { evidenceOf, rangeOf } from "./evidence";

const map = (label: string, min: number, max: number) => ({
  label,
  band_step: 64,
  frame_step: 173,
  shape: [2, 1],
  min,
  max,
  data: btoa("\x00\xff"),
});

const scored = (label: string, title: string, emoji: string) => ({
  label,
  title,
  emoji,
  category: "",
  confidence: 0.5,
});

describe("what speaks for a class", () => {
  const evidence = evidenceOf({
    predictions: [scored("dog", "Dog", "🐕"), scored("rain", "Rain", "🌧️")],
    evidence: [map("dog", -0.5, 2), map("rain", -1, 0.25)],
  } as AnalysisDocument);

  it("stands under the class's own name and face, in the order of the answer", () => {
    expect(evidence.map(({ title, emoji }) => `${emoji} ${title}`)).toEqual(["🐕 Dog", "🌧️ Rain"]);
    expect(evidence.map(({ grid }) => [valueAt(grid, 0, 0), valueAt(grid, 1, 0)])).toEqual([
      [-0.5, 2],
      [-1, 0.25],
    ]);
  });

  it("is coloured over one range for all classes", () => {
    expect(rangeOf(evidence)).toEqual({ min: -1, max: 2 });
  });

  it("is not there where an older model heard", () => {
    expect(evidenceOf({ predictions: [], evidence: [] } as unknown as AnalysisDocument)).toEqual([]);
  });
});
