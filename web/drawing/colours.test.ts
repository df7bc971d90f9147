import { describe, expect, it } from "vitest";

import { cssColour, diverging, PALETTE_NAMES, sequential, type Table } from "./palettes";
import { colouringOf, levelColouring, placeOf, signedColouring } from "./range";
import { colourOfStep, pixelsOf } from "./raster";

const rgb = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255] as const;

/** Lightness of CIE L*a*b*, by the textbook. */
function lightness(pixel: number): number {
  const [r, g, b] = rgb(pixel).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

const lightnesses = (table: Table) => Array.from(table, lightness);

describe("palettes", () => {
  it.each(PALETTE_NAMES)("%s gets evenly lighter from end to end", (name) => {
    const steps = lightnesses(sequential(name)).map((value, i, all) => value - (all[i - 1] ?? value));
    const mean = steps.reduce((a, b) => a + b) / 255;
    expect(mean).toBeGreaterThan(0.2);
    expect(Math.min(...steps.slice(1))).toBeGreaterThan(-0.25);
    expect(Math.max(...steps.slice(8))).toBeLessThan(3 * mean);
  });

  it.each(PALETTE_NAMES)("%s is opaque", (name) => {
    expect(sequential(name).every((pixel) => pixel >>> 24 === 255)).toBe(true);
  });

  it("begins and ends as published", () => {
    expect(cssColour(sequential("viridis"), 0)).toBe("rgb(68 1 84)");
    expect(cssColour(sequential("viridis"), 1)).toBe("rgb(253 231 37)");
    expect(cssColour(sequential("magma"), 1)).toBe("rgb(252 253 191)");
  });

  it.each([true, false])("is equally light at equal distances from zero (dark: %s)", (dark) => {
    const light = lightnesses(diverging(dark));
    for (let i = 0; i < 128; i++) expect(Math.abs((light[i] ?? 0) - (light[255 - i] ?? 0))).toBeLessThan(9);
    const [red, , blue] = rgb(diverging(dark)[0] ?? 0);
    expect(blue).toBeGreaterThan(red);
  });
});

describe("which colours values get", () => {
  it("spreads signed values around zero and keeps the true ends", () => {
    const colouring = colouringOf({ min: -1, max: 4 }, "magma", false);
    expect(colouring).toMatchObject({ from: -4, to: 4, min: -1, max: 4, signed: true });
    expect(placeOf(colouring, 0)).toBe(0.5);
  });

  it("goes both ways from zero also where all values are on one side", () => {
    const colouring = signedColouring({ min: 1, max: 4 }, false);
    expect([placeOf(colouring, 0), placeOf(colouring, 4)]).toEqual([0.5, 1]);
    expect(placeOf(signedColouring({ min: -4, max: -1 }, true), -4)).toBe(0);
  });

  it("uses all colours of values without a sign", () => {
    const colouring = colouringOf({ min: 1, max: 3 }, "viridis", false);
    expect([placeOf(colouring, 1), placeOf(colouring, 3), placeOf(colouring, 9)]).toEqual([0, 1, 1]);
  });

  it("takes decibels for levels, not for signed values", () => {
    expect(levelColouring({ min: -80, max: 0 }, "magma").signed).toBe(false);
  });

  it("does not divide by nothing where all values are the same", () => {
    expect(placeOf(colouringOf({ min: 2, max: 2 }, "magma", false), 2)).toBe(0);
  });
});

describe("pixels", () => {
  const grid = { rows: 2, columns: 1, min: 0, max: 1, steps: Uint8Array.of(0, 255) };
  const colouring = colouringOf(grid, "grey", false);

  it("draws the lowest band below", () => {
    expect([...pixelsOf(grid, colouring)]).toEqual([248, 248, 248, 255, 8, 8, 8, 255]);
  });

  it("colours a channel on a scale that is wider than its own", () => {
    const colours = colourOfStep(grid, { ...colouring, from: 0, to: 2 });
    expect(rgb(colours[255] ?? 0)[0]).toBeLessThan(140);
  });
});
