import { describe, expect, it, vi } from "vitest";

import { rehearsal } from "@/session/rehearsal";
import { hasSound } from "@/session/heard";
import { documentIn } from "./document";
import { readSaved } from "./saved";

const saved = () => ({ ...structuredClone(rehearsal().document), id: "1", model: "mine", expires_s: 0 });
const fileOf = (value: unknown, name = "rain.json") => new File([JSON.stringify(value)], name);
const SOUND = Buffer.from("sound").toString("base64");

describe("a saved analysis", () => {
  it("is what it was, without its sound", async () => {
    const found = await readSaved(fileOf(saved()));
    expect(found.document).toEqual(saved());
    expect(found.source.name).toBe("rain");
    expect(hasSound(found.source)).toBe(false);
  });

  it("has its sound if that was saved with it, as nothing but a sound", async () => {
    const source = { name: "Rain", type: "audio/wav", data: SOUND };
    const found = await readSaved(fileOf({ ...saved(), source }));
    expect([found.source.name, found.source.blob.type, await found.source.blob.text()]).toEqual([
      "Rain",
      "audio/wav",
      "sound",
    ]);
    const page = await readSaved(fileOf({ ...saved(), source: { ...source, type: "text/html" } }));
    expect(page.source.blob.type).toBe("");
  });

  it("takes over nothing that the page does not know", () => {
    const found = documentIn({ ...saved(), more: "x", waveform: { ...saved().waveform, more: "x" } });
    expect(found).toEqual(saved());
  });

  const spoilt: [string, (one: ReturnType<typeof saved>) => unknown][] = [
    ["a list", () => []],
    ["nothing", () => null],
    ["another JSON", () => ({ name: "package", version: "1" })],
    ["a confidence above one", (one) => Object.assign(one.predictions[0] ?? {}, { confidence: 2 })],
    ["no classes", (one) => (one.predictions = [])],
    ["a state of its own", (one) => Object.assign(one, { state: "constructor" })],
    ["a title without end", (one) => Object.assign(one.predictions[0] ?? {}, { title: "x".repeat(1e6) })],
    ["a title that is none", (one) => Object.assign(one.predictions[0] ?? {}, { title: { toString: "x" } })],
    ["a shape without bytes", (one) => (one.spectrogram.shape = [128, 60_000])],
    ["a shape of billions", (one) => (one.waveform.low.shape = [2 ** 40])],
    ["a negative shape", (one) => Object.assign(one.activations[0] ?? {}, { shape: [-1, -1] })],
    ["bytes that are no base64", (one) => (one.waveform.low.data = "§".repeat(one.waveform.low.data.length))],
    ["a range that is upside down", (one) => Object.assign(one.spectrogram, { min: 1, max: 0 })],
    ["no frequencies", (one) => (one.spectrogram.hz = [])],
    ["no time", (one) => (one.spectrogram.frame_s = 0)],
    ["no length", (one) => (one.duration_s = 0)],
  ];
  for (const [words, spoil] of spoilt) {
    it(`with ${words} is refused in words`, async () => {
      const one = saved();
      const made = spoil(one);
      const value = words.startsWith("a list") || /nothing|another/.test(words) ? made : one;
      await expect(readSaved(fileOf(value))).rejects.toMatchObject({ title: "Not a saved analysis" });
    });
  }

  it("is not even read if it is too large, and refused if it is no JSON", async () => {
    const large = fileOf({});
    vi.spyOn(large, "size", "get").mockReturnValue(1e9);
    const text = vi.spyOn(large, "text");
    await expect(readSaved(large)).rejects.toThrow("larger than 80 MB");
    expect(text).not.toHaveBeenCalled();
    await expect(readSaved(new File(["<html>"], "a.json"))).rejects.toThrow("not the JSON of an analysis");
  });
});
