import { describe, expect, it } from "vitest";

import type { AnalysisDocument } from "@/api/client";
import { headlineOf } from "./headline";

const CLASSES = ["siren", "rain", "dog", "cat", "hen"];

function heardAs(timeline: [string, number][], confidence = 0.2): AnalysisDocument {
  const predictions = CLASSES.map((label) => {
    return {
      label,
      title: label.replace(/^./, (first) => first.toUpperCase()),
      emoji: label,
      category: "",
      confidence,
    };
  });
  const windows = timeline.map(([label, sure], i) => ({
    start_s: 5 * i,
    end_s: 5 * i + 5,
    label,
    confidence: sure,
    state: "known",
  }));
  return { predictions, timeline: windows, duration_s: 5 * timeline.length } as unknown as AnalysisDocument;
}

describe("a headline", () => {
  it("is the likeliest class where it is known, a guess where not, and neither in silence", () => {
    expect(headlineOf(heardAs([], 0.97), "known")).toMatchObject({ title: "Siren", remark: "97 % sure", sure: true });
    expect(headlineOf(heardAs([]), "unsure")).toMatchObject({
      title: "Not sure",
      alone: "Not sure: Siren?",
      sure: false,
    });
    expect(headlineOf(heardAs([]), "silence")).toMatchObject({ title: "Silence", sure: false });
    expect(headlineOf({ ...heardAs([]), predictions: [] }, "known")).toBeNull();
  });

  it("names what follows one another in a long sound, what lasts longest first", () => {
    const document = heardAs([
      ["dog", 0.9],
      ["siren", 0.95],
      ["siren", 0.7],
      ["rain", 0.4],
    ]);
    expect(headlineOf(document, "unsure")).toMatchObject({
      title: "Several sounds",
      emoji: "siren",
      remark: "Siren and dog, each for a while.",
    });
  });

  it("names several also where the likeliest is known, unless that is by far the likeliest", () => {
    const timeline: [string, number][] = [
      ["siren", 0.9],
      ["dog", 0.9],
    ];
    expect(headlineOf(heardAs(timeline, 0.55), "known")).toMatchObject({ title: "Several sounds" });
    expect(headlineOf(heardAs(timeline, 0.85), "known")).toMatchObject({ title: "Siren", remark: "85 % sure" });
    expect(headlineOf(heardAs([["siren", 0.9]], 0.55), "known")).toMatchObject({ title: "Siren" });
  });

  it("names the one part that is clear, and no passing guess", () => {
    const guesses: [string, number][] = [
      ["cat", 0.5],
      ["hen", 0.6],
    ];
    expect(headlineOf(heardAs([...guesses, ["rain", 0.9]]), "unsure")).toMatchObject({ title: "Rain", sure: true });
    expect(headlineOf(heardAs(guesses), "unsure")).toMatchObject({ title: "Not sure" });
  });

  it("does not list forever", () => {
    const all = CLASSES.map((label): [string, number] => [label, 0.9]);
    expect(headlineOf(heardAs(all), "unsure")?.remark).toBe("Siren, rain, dog, and more, each for a while.");
  });
});
