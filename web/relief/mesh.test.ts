import { describe, expect, it } from "vitest";

import { groundOf, type Ground } from "./ground";
import { meshOf, NUMBERS, opennessOf } from "./mesh";

const slope: Ground = {
  times: Float32Array.of(0, 0.5, 1),
  bands: Float32Array.of(0, 1),
  heights: Float32Array.of(0, 0.5, 1, 0, 0.5, 1),
};
const numbers = (vertices: Float32Array, i: number) => [...vertices.subarray(i * NUMBERS, (i + 1) * NUMBERS)];

describe("mesh", () => {
  it("names each vertex, and no other, in its triangles", () => {
    const { vertices, triangles } = meshOf(slope);
    const count = vertices.length / NUMBERS;
    expect(new Set(triangles)).toEqual(new Set(Array.from({ length: count }, (_, i) => i)));
  });

  it("leans against the rise", () => {
    const { vertices } = meshOf(slope);
    expect(numbers(vertices, 1).slice(0, 6)).toEqual([0.5, 0.5, 0, -1, 1, 0]);
  });

  it("has walls from the ground down to the base", () => {
    const { vertices } = meshOf(slope);
    const walls = Array.from({ length: vertices.length / NUMBERS - 6 }, (_, i) => numbers(vertices, i + 6));
    expect(walls).toHaveLength(4 * (3 + 2));
    for (const [time, height] of walls) expect([0, time]).toContain(height);
  });

  it("stays within 256 lines each way, however large the map", () => {
    const grid = { rows: 320, columns: 1400, min: 0, max: 1, steps: new Uint8Array(320 * 1400) };
    const { vertices } = meshOf(groundOf(grid));
    expect(vertices.length / NUMBERS).toBeLessThanOrEqual(256 * 256 + 4 * 512);
    expect(vertices.every(Number.isFinite)).toBe(true);
  });

  it("is darker in a hole, and nowhere on level ground", () => {
    const lines = Float32Array.from({ length: 9 }, (_, i) => i / 8);
    const level = new Float32Array(81).fill(1);
    expect(new Set(opennessOf({ times: lines, bands: lines, heights: level }))).toEqual(new Set([1]));
    const hole = level.with(40, 0.5);
    const open = opennessOf({ times: lines, bands: lines, heights: hole });
    expect(open[40]).toBeLessThan(0.9);
    expect(open[0]).toBe(1);
  });
});
