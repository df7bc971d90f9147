import { describe, expect, it } from "vitest";

import type { AnalysisDocument } from "@/api/client";
import { headlineOf } from "./headline";

const CLASSES = ["siren", "rain", "dog", "cat", "hen"];

/** The classes in order, the first of which the sound is likeliest of, so likely. */
function heardAs(confidence: number, state: AnalysisDocument["state"], sounds: string[] = []): AnalysisDocument {
  const predictions = CLASSES.map((label) => {
    return {
      label,
      title: label.replace(/^./, (first) => first.toUpperCase()),
      emoji: label,
      category: "",
      confidence,
    };
  });
  return { predictions, state, sounds } as unknown as AnalysisDocument;
}

describe("a headline", () => {
  it("is the likeliest class where it is known, a guess where not, and neither in silence", () => {
    const known = { title: "Siren", remark: "97\u00a0% sure", sure: true };
    expect(headlineOf(heardAs(0.97, "known", ["siren"]), "known")).toMatchObject(known);
    const unsure = { title: "Not sure", alone: "Not sure: Siren?", sure: false };
    expect(headlineOf(heardAs(0.2, "unsure"), "unsure")).toMatchObject(unsure);
    expect(headlineOf(heardAs(0.2, "silence"), "silence")).toMatchObject({ title: "Silence", sure: false });
    expect(headlineOf({ ...heardAs(0.97, "known"), predictions: [] }, "known")).toBeNull();
  });

  it("says what else a sound of no class is like", () => {
    const speech = { ...heardAs(0.2, "unsure"), resembles: "speech" };
    const remark = "It sounds like speech, which is none of the 5. Of these it comes closest to siren, with 20\u00a0%.";
    const headline = { title: "Not sure", alone: "Not sure: speech?", emoji: "🗣️", remark };
    expect(headlineOf(speech, "unsure")).toMatchObject(headline);
    expect(headlineOf({ ...speech, resembles: "of a later model" }, "unsure")).toMatchObject({ emoji: "siren" });
  });

  it("says what most of a long sound is like", () => {
    const music = { resembles: "music" };
    const known = { title: "Siren", remark: "97\u00a0% sure. Most of it sounds like music." };
    expect(headlineOf({ ...heardAs(0.97, "known", ["siren"]), ...music }, "known")).toMatchObject(known);
    const several = "Rain and dog, each for a while. Most of it sounds like music.";
    expect(headlineOf({ ...heardAs(0.2, "unsure", ["rain", "dog"]), ...music }, "unsure")?.remark).toBe(several);
    const passage = "For a while; the rest sounds like music.";
    expect(headlineOf({ ...heardAs(0.2, "unsure", ["rain"]), ...music }, "unsure")?.remark).toBe(passage);
  });

  it("is a guess where the page is stricter than a model that calls everything known", () => {
    expect(headlineOf(heardAs(0.3, "known", ["siren"]), "unsure")).toMatchObject({ title: "Not sure" });
  });

  it("names what follows one another in a long sound", () => {
    const several = { title: "Several sounds", emoji: "rain", remark: "Rain and dog, each for a while.", sure: true };
    expect(headlineOf(heardAs(0.2, "unsure", ["rain", "dog"]), "unsure")).toMatchObject(several);
    expect(headlineOf(heardAs(0.55, "known", ["rain", "dog"]), "known")).toMatchObject(several);
  });

  it("names the one part that is clear", () => {
    expect(headlineOf(heardAs(0.2, "unsure", ["rain"]), "unsure")).toMatchObject({ title: "Rain", sure: true });
  });

  it("does not list forever", () => {
    const remark = "Siren, rain, dog, and more, each for a while.";
    expect(headlineOf(heardAs(0.2, "unsure", CLASSES), "unsure")).toMatchObject({ remark });
  });
});
