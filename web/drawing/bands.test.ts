import { describe, expect, it } from "vitest";

import { bandOfHz, hzOfBand, hzOfMel, melCentres, melOfHz } from "./bands";

describe("mel", () => {
  it("is straight to 1 kHz, then logarithmic, with no jump between", () => {
    expect(melOfHz(500)).toBeCloseTo(7.5);
    expect(melOfHz(1000)).toBeCloseTo(15);
    expect(melOfHz(6400)).toBeCloseTo(42);
    expect(melOfHz(999.999)).toBeCloseTo(melOfHz(1000.001), 3);
  });

  it("goes there and back", () => {
    for (const hz of [0, 60, 999, 1001, 8000, 20_000]) expect(hzOfMel(melOfHz(hz))).toBeCloseTo(hz, 6);
  });
});

describe("rows and frequencies", () => {
  const centres = melCentres(128, 8000);

  it("rise from near 0 Hz to near the top", () => {
    expect(centres[0]).toBeLessThan(30);
    expect(centres[127]).toBeGreaterThan(7800);
  });

  it("find a frequency's place between rows, and back", () => {
    for (const hz of [100, 440, 1000, 5000]) expect(hzOfBand(centres, bandOfHz(centres, hz))).toBeCloseTo(hz, 6);
    expect(bandOfHz(centres, centres[40] ?? 0)).toBeCloseTo(40);
  });

  it("go on beyond the ends, never below 0 Hz", () => {
    expect(hzOfBand(centres, 128)).toBeGreaterThan(centres[127] ?? 0);
    expect(hzOfBand(centres, -4)).toBe(0);
  });
});
