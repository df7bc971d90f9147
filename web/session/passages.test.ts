import { describe, expect, it } from "vitest";

import { MOST_PASSAGES, tableOf, withAnswer, withGap, type Passage } from "./passages";

// A window of five seconds that ends so many seconds after listening began.
const window = (end_s: number) => ({ from_ms: (end_s - 5) * 1000, to_ms: end_s * 1000 });

const answer = (label: string, start_s: number, confidence = 0.9) => ({
  predictions: [{ label, title: label, emoji: "", category: "", confidence }],
  model: "compact",
  start_s,
});

function heard(...answers: [number, string, number?][]): readonly Passage[] {
  return answers.reduce<readonly Passage[]>(
    (passages, [end_s, label, confidence]) =>
      withAnswer(passages, answer(label, end_s - 5, confidence), "known", window(end_s)),
    [],
  );
}

const told = (passages: readonly Passage[]) =>
  passages.map(({ label, from_ms, to_ms }) => [label, from_ms / 1000, to_ms / 1000]);

const every = (from_s: number, to_s: number, label: string) =>
  Array.from({ length: to_s - from_s + 1 }, (_, i): [number, string] => [from_s + i, label]);

describe("passages", () => {
  it("join answers that are alike, and keep the highest confidence", () => {
    const passages = heard([8, "dog", 0.8], [9, "dog", 0.95], [10, "dog", 0.7]);
    expect(told(passages)).toEqual([["dog", 7, 8]]);
    expect(passages[0]?.confidence).toBe(0.95);
  });

  it("are as long as the sound, not as all windows that it is in", () => {
    // From second 10 to 15: a second of it is in the window that ends at 11, and in the one that ends at 19.
    expect(told(heard(...every(11, 19, "siren")))).toEqual([["siren", 10, 15]]);
  });

  it("begin with listening, if what is heard then was there", () => {
    expect(told(heard(...every(5, 9, "rain")))).toEqual([["rain", 0, 5]]);
  });

  it("have the newest first, and go on over another sound in between", () => {
    expect(told(heard([8, "rain"], [9, "dog"], [10, "rain"], [14, "rain"]))).toEqual([
      ["dog", 8, 9],
      ["rain", 7, 10],
    ]);
  });

  it("begin anew after a pause", () => {
    // Two barks, at 10 and 21.
    expect(told(heard(...every(11, 15, "dog"), ...every(22, 26, "dog")))).toEqual([
      ["dog", 21, 22],
      ["dog", 10, 11],
    ]);
  });

  it("begin anew when the clock was set back", () => {
    expect(told(heard([3_700, "dog"], [100, "dog"]))).toEqual([
      ["dog", 99, 100],
      ["dog", 3_699, 3_700],
    ]);
  });

  it("leave out guesses and silence", () => {
    expect(withAnswer([], answer("dog", 0), "unsure", window(5))).toEqual([]);
    expect(withAnswer([], answer("dog", 0), "silence", window(5))).toEqual([]);
    expect(withAnswer([], { predictions: [], model: "compact", start_s: 0 }, "known", window(5))).toEqual([]);
  });

  it("are so many at the most, the newest", () => {
    const passages = heard(
      ...Array.from({ length: MOST_PASSAGES + 3 }, (_, i): [number, string] => [10 * i + 8, "dog"]),
    );
    expect(passages.length).toBe(MOST_PASSAGES);
    expect(passages[0]?.from_ms).toBe(10_000 * (MOST_PASSAGES + 2) + 7_000);
  });

  it("tell what was not heard, if it is as long as anything", () => {
    expect(withGap([], 0, 2_000)).toEqual([]);
    expect(told(withGap([], 0, 4_000))).toEqual([["", 0, 4]]);
  });

  it("are a table in the order of time", () => {
    const passages = heard([6, "dog", 0.5], [8, 'a "b", c']);
    expect(tableOf(withGap(passages, 1_000, 6_000))).toBe(
      "from,to,label,confidence,model\n" +
        "1970-01-01T00:00:01.000Z,1970-01-01T00:00:06.000Z,,,\n" +
        "1970-01-01T00:00:05.000Z,1970-01-01T00:00:06.000Z,dog,0.500000,compact\n" +
        '1970-01-01T00:00:07.000Z,1970-01-01T00:00:08.000Z,"a ""b"", c",0.900000,compact\n',
    );
  });
});
