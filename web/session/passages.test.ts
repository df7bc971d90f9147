import { describe, expect, it } from "vitest";

import { MOST_PASSAGES, tableOf, withAnswer, type Passage } from "./passages";

const answer = (label: string, confidence = 0.9) => ({
  predictions: [{ label, title: label, emoji: "", category: "", confidence }],
  model: "compact",
});

function heard(...answers: [number, string, number?][]): readonly Passage[] {
  return answers.reduce<readonly Passage[]>(
    (passages, [at_s, label, confidence]) => withAnswer(passages, answer(label, confidence), "known", at_s * 1000),
    [],
  );
}

const told = (passages: readonly Passage[]) =>
  passages.map(({ label, from_ms, to_ms }) => [label, from_ms / 1000, to_ms / 1000]);

describe("passages", () => {
  it("join answers that are alike, and keep the highest confidence", () => {
    const passages = heard([1, "dog", 0.8], [2, "dog", 0.95], [3, "dog", 0.7]);
    expect(told(passages)).toEqual([["dog", 1, 3]]);
    expect(passages[0]?.confidence).toBe(0.95);
  });

  it("have the newest first, and go on over another sound in between", () => {
    expect(told(heard([1, "rain"], [2, "dog"], [3, "rain"]))).toEqual([
      ["dog", 2, 2],
      ["rain", 1, 3],
    ]);
  });

  it("begin anew after a pause", () => {
    expect(told(heard([1, "dog"], [6, "dog"], [12, "dog"]))).toEqual([
      ["dog", 12, 12],
      ["dog", 1, 6],
    ]);
  });

  it("leave out guesses and silence", () => {
    expect(withAnswer([], answer("dog"), "unsure", 0)).toEqual([]);
    expect(withAnswer([], answer("dog"), "silence", 0)).toEqual([]);
    expect(withAnswer([], { predictions: [], model: "compact" }, "known", 0)).toEqual([]);
  });

  it("are so many at the most, the newest", () => {
    const passages = heard(...Array.from({ length: MOST_PASSAGES + 3 }, (_, i): [number, string] => [10 * i, "dog"]));
    expect(passages.length).toBe(MOST_PASSAGES);
    expect(passages[0]?.from_ms).toBe(10_000 * (MOST_PASSAGES + 2));
  });

  it("are a table in the order of time", () => {
    expect(tableOf(heard([0, "dog", 0.5], [2, 'a "b", c']))).toBe(
      "from,to,label,confidence,model\n" +
        "1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.000Z,dog,0.500000,compact\n" +
        '1970-01-01T00:00:02.000Z,1970-01-01T00:00:02.000Z,"a ""b"", c",0.900000,compact\n',
    );
  });
});
