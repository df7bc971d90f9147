import { describe, expect, it } from "vitest";

import { bandOfHz, melCentres } from "./bands";
import { fourier, gridOfLevels, highestHeard, levelsOf, loudest } from "./spectrum";

const RATE_HZ = 44_100;
const wish = { from_s: 0.2, to_s: 0.8, columns: 6, rows: 200, highest_hz: 16_000 };

function sine(hz: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: RATE_HZ }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / RATE_HZ));
}

describe("the transform", () => {
  it("agrees with the sum of the definition", () => {
    const frame = Float32Array.from({ length: 32 }, (_, i) => Math.cos(i * 1.7) + i / 40);
    const power = fourier(32)(frame);
    for (let bin = 0; bin <= 16; bin++) {
      let [re, im] = [0, 0];
      frame.forEach((value, i) => {
        re += value * Math.cos((2 * Math.PI * bin * i) / 32);
        im -= value * Math.sin((2 * Math.PI * bin * i) / 32);
      });
      expect(power[bin]).toBeCloseTo((re ** 2 + im ** 2) / 64, 3);
    }
  });
});

describe("the fine spectrogram", () => {
  it("places a sine in its row, at its level below full scale", () => {
    for (const hz of [440, 1000, 5000]) {
      const levels = levelsOf(sine(hz, 0.1), RATE_HZ, wish);
      const row = levels.values_db.indexOf(loudest(levels)) / wish.columns;
      expect(Math.abs(row - bandOfHz(melCentres(wish.rows, wish.highest_hz), hz))).toBeLessThan(3);
      expect(loudest(levels)).toBeGreaterThan(-21.6);
      expect(loudest(levels)).toBeLessThan(-19.9);
    }
  });

  it("loses no frequency between rows", () => {
    const few = { ...wish, columns: 1, rows: 320, highest_hz: 20_000 };
    for (let hz = 300; hz < 19_500; hz *= 1.011) {
      expect(loudest(levelsOf(sine(hz, 1).subarray(0, 30_000), RATE_HZ, few))).toBeGreaterThan(-1.6);
    }
  });

  it("loses no knock between columns", () => {
    const minute = new Float32Array(60 * RATE_HZ);
    minute.set(sine(2000, 0.5).subarray(0, 2200), 17.77 * RATE_HZ);
    const levels = levelsOf(minute, RATE_HZ, { ...wish, from_s: 0, to_s: 60, columns: 100 });
    expect(loudest(levels)).toBeGreaterThan(-12);
    expect(levels.values_db.indexOf(loudest(levels)) % levels.columns).toBe(29);
  });

  it("is silent where nothing is", () => {
    expect(loudest(levelsOf(new Float32Array(100), RATE_HZ, wish))).toBe(-160);
  });

  it("ends where sounds end, whatever a click at the edge does", () => {
    const levels = levelsOf(sine(3000, 0.5), RATE_HZ, { ...wish, from_s: 0.1, to_s: 1, columns: 100 });
    expect(highestHeard(levels, loudest(levels) - 60, wish.highest_hz)).toBeLessThan(4000);
  });

  it("keeps levels between the loudest one and a floor", () => {
    const grid = gridOfLevels({ rows: 1, columns: 3, values_db: Float32Array.of(-10, -55, -200) }, -10, 90);
    expect([...grid.steps]).toEqual([255, 128, 0]);
    expect(grid).toMatchObject({ min: -100, max: -10 });
  });
});
