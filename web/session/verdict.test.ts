import { describe, expect, it } from "vitest";

import { verdictOf } from "./verdict";

describe("a verdict", () => {
  const likely = [{ confidence: 0.97 }, { confidence: 0.02 }];
  const guess = [{ confidence: 0.41 }, { confidence: 0.2 }];

  it("is the model's own where it has a threshold, however high or low", () => {
    expect(verdictOf({ state: "known", predictions: guess }, true)).toBe("known");
    expect(verdictOf({ state: "unsure", predictions: likely }, true)).toBe("unsure");
  });

  it("is in doubt below a half where the model has none", () => {
    expect(verdictOf({ state: "known", predictions: guess }, false)).toBe("unsure");
    expect(verdictOf({ state: "known", predictions: [{ confidence: 0.5 }] }, false)).toBe("known");
  });

  it("is silence whatever the predictions are", () => {
    expect(verdictOf({ state: "silence", predictions: likely }, false)).toBe("silence");
    expect(verdictOf({ state: "silence", predictions: guess }, true)).toBe("silence");
  });
});
