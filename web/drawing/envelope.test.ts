import { describe, expect, it } from "vitest";

import { envelopeOf, resampled, soundOf } from "./envelope";

const RATE_HZ = 44_100;

describe("the envelope", () => {
  it("finds a single click in minutes of silence at every zoom", () => {
    const samples = new Float32Array(60 * RATE_HZ);
    samples[30 * RATE_HZ] = -0.8;
    const sound = soundOf(samples, RATE_HZ);
    for (const [from_s, to_s] of [
      [0, 60],
      [29, 31],
      [29.999, 30.001],
    ] as const) {
      const { low, high } = envelopeOf(sound, from_s, to_s, 500);
      expect(Math.min(...low)).toBeCloseTo(-0.8);
      expect(Math.max(...high)).toBe(0);
    }
  });

  it("is the same by blocks as sample by sample", () => {
    const samples = Float32Array.from({ length: 10_240 }, (_, i) => Math.sin(i * 0.37) * Math.sin(i / 900));
    const { low, high } = envelopeOf(soundOf(samples, 1024), 0, 10, 10);
    for (let i = 0; i < 10; i++) {
      const part = samples.subarray(i * 1024, (i + 1) * 1024);
      expect(low[i]).toBe(Math.min(...part));
      expect(high[i]).toBe(Math.max(...part));
    }
  });

  it("shows a sample in each column where there are more columns than samples", () => {
    const { high } = envelopeOf(soundOf(Float32Array.of(1, 2, 3, 4), 4), 0, 1, 8);
    expect([...high]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("is silent beyond the end", () => {
    const { low, high } = envelopeOf(soundOf(Float32Array.of(1, 1), 2), 0, 2, 4);
    expect([...high]).toEqual([1, 1, 0, 0]);
    expect([...low]).toEqual([1, 1, 0, 0]);
  });

  it("can be cut out of one that is there already", () => {
    const whole = { low: Float32Array.of(-1, -2, -3, -4), high: Float32Array.of(1, 2, 3, 4) };
    expect([...resampled(whole, 4, 1, 3, 2).high]).toEqual([2, 3]);
    expect([...resampled(whole, 4, 2, 6, 4).low]).toEqual([-3, -4, 0, 0]);
  });

  it("keeps its peaks where there are fewer columns", () => {
    const whole = { low: new Float32Array(100), high: new Float32Array(100) };
    whole.high[37] = 1;
    expect([...resampled(whole, 10, 0, 10, 10).high].indexOf(1)).toBe(3);
  });
});
