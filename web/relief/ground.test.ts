import { describe, expect, it } from "vitest";

import type { Grid } from "@/drawing/grid";
import { cutOf } from "./cut";
import { groundOf, heightAt } from "./ground";

const gridOf = (rows: number, columns: number, steps: number[], min = 0, max = 255): Grid => ({
  rows,
  columns,
  min,
  max,
  steps: Uint8Array.from(steps),
});

describe("ground", () => {
  const grid = gridOf(2, 3, [0, 51, 102, 153, 204, 255]);

  it("has each value in the middle of its cell", () => {
    const ground = groundOf(grid);
    grid.steps.forEach((step, i) => {
      const [time, band] = [((i % 3) + 0.5) / 3, (Math.floor(i / 3) + 0.5) / 2];
      expect(heightAt(ground, time, band)).toBeCloseTo(step / 255, 5);
    });
  });

  it("reaches from edge to edge, rising", () => {
    const { times, bands } = groundOf(grid);
    for (const lines of [times, bands]) {
      expect([lines[0], lines.at(-1)]).toEqual([0, 1]);
      for (let i = 1; i < lines.length; i++) expect(lines[i]).toBeGreaterThan(lines[i - 1] as number);
    }
  });

  it("nowhere goes beyond the values beside it", () => {
    const { heights, times } = groundOf(gridOf(1, 4, [0, 255, 250, 0]));
    const between = [...heights].filter((_, i) => (times[i % times.length] as number) < 0.375);
    expect(Math.max(...between)).toBeLessThanOrEqual(1);
    for (let i = 1; i < between.length / 3; i++) expect(between[i]).toBeGreaterThanOrEqual(between[i - 1] as number);
  });

  it("keeps the highest where there are more values than lines", () => {
    const steps = new Array(1000 * 300).fill(0);
    steps[150 * 1000 + 777] = 255;
    const { times, bands, heights } = groundOf(gridOf(300, 1000, steps));
    expect(Math.max(times.length, bands.length)).toBeLessThanOrEqual(256);
    expect(Math.max(...heights)).toBe(1);
  });

  it("is level where there is one value only, in however small a map", () => {
    for (const one of [
      gridOf(1, 1, [0], 5, 5),
      gridOf(1, 9, new Array(9).fill(255), 5, 5),
      gridOf(9, 1, [...Array(9)], 0, 0),
    ]) {
      const { heights, times, bands } = groundOf(one);
      expect(heights).toHaveLength(times.length * bands.length);
      expect(new Set(heights)).toEqual(new Set([0]));
    }
  });

  it("is as high as a range says that several share", () => {
    const ground = groundOf(gridOf(1, 1, [255], 0, 10), { min: -10, max: 30 });
    expect(heightAt(ground, 0.5, 0.5)).toBeCloseTo(0.5);
  });
});

describe("a cut", () => {
  const grid = gridOf(2, 5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const placed = { from_s: 0, to_s: 5 };

  it("has whole columns and their time", () => {
    const cut = cutOf(grid, placed, { from_s: 1.5, to_s: 3 });
    expect([...cut.grid.steps]).toEqual([1, 2, 6, 7]);
    expect(cut.placed).toEqual({ from_s: 1, to_s: 3 });
  });

  it("is the map itself where all or nothing of it is seen", () => {
    expect(cutOf(grid, placed, { from_s: -3, to_s: 60 }).grid).toBe(grid);
    expect(cutOf(grid, placed, { from_s: 7, to_s: 9 }).grid).toBe(grid);
  });
});
