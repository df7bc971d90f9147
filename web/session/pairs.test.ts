import { describe, expect, it } from "vitest";

import { pairsOf } from "./pairs";

const scored = (shares: Record<string, number>) =>
  Object.entries(shares).map(([label, confidence]) => ({ label, title: label, emoji: "", category: "", confidence }));

describe("classes beside each other", () => {
  it("are the likeliest of either, likeliest first, each with both shares", () => {
    const a = scored({ dog: 0.7, cat: 0.2, rain: 0.1 });
    const b = scored({ rain: 0.8, dog: 0.15, cat: 0.05 });
    expect(pairsOf(a, b, 1).map(({ label, shares }) => [label, ...shares])).toEqual([
      ["rain", 0.1, 0.8],
      ["dog", 0.7, 0.15],
    ]);
    expect(pairsOf(a, b, 3)).toHaveLength(3);
  });

  it("are few where nearly all is one class", () => {
    const a = scored({ dog: 0.99, cat: 0.006, rain: 0.002, wind: 0.001, siren: 0.001 });
    expect(pairsOf(a, a, 5).map(({ label }) => label)).toEqual(["dog", "cat", "rain"]);
  });

  it("are unknown to a network that has no such class", () => {
    const [first] = pairsOf(scored({ "my siren": 0.9 }), scored({ siren: 0.5 }), 5);
    expect(first?.shares).toEqual([0.9, null]);
  });
});
