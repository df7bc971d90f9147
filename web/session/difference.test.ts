import { describe, expect, it } from "vitest";

import { differenceOf } from "./difference";
import type { Heard } from "./heard";

const of = (data: string) =>
  ({ source: { name: "Dog" }, document: { duration_s: 5, waveform: { high: { data } } } }) as Heard;

describe("what differs", () => {
  it("is the sound, the network, both, or nothing", () => {
    const title = (b: Heard, model: string) => differenceOf(of("x"), b, ["ensemble", model]).title;
    expect(title(of("y"), "ensemble")).toBe("Two sounds");
    expect(title(of("x"), "attention")).toBe("Two networks");
    expect(title(of("y"), "attention")).toBe("Two sounds, two networks");
    expect(title(of("x"), "ensemble")).toBe("The same, twice");
  });
});
