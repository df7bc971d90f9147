import { describe, expect, it } from "vitest";

import { clockTicks, digitsOf, roundStep, roundTicks, frequencyTicks } from "./ticks";
import { following, isWhole, panned, SHORTEST_S, spanOf, timeOfX, within, xOfTime, zoomed } from "./view";

const whole = { from_s: 0, to_s: 10 };

describe("ticks of minutes", () => {
  it("are whole seconds that a clock counts by, and no more than there is room for", () => {
    expect(clockTicks(0, 285, 6)).toEqual([0, 60, 120, 180, 240]);
    expect(clockTicks(61.5, 90, 8)).toEqual([65, 70, 75, 80, 85, 90]);
    expect(clockTicks(0, 7200, 1)).toEqual([0, 7200]);
    expect([[60, 61], [60, 60.5], [60.02, 60.04], [60]].map(digitsOf)).toEqual([0, 1, 2, 0]);
  });
});

describe("the view", () => {
  it("keeps the place under the pointer when zooming", () => {
    const view = zoomed(whole, whole, 3, 0.5);
    expect(spanOf(view)).toBeCloseTo(5);
    expect(xOfTime(view, 3, 0, 100)).toBeCloseTo(30);
  });

  it("goes neither closer than a shortest stretch nor farther than all", () => {
    expect(spanOf(zoomed(whole, whole, 5, 1e-9))).toBeCloseTo(SHORTEST_S);
    expect(zoomed({ from_s: 2, to_s: 3 }, whole, 2, 1e9)).toEqual(whole);
  });

  it("stays inside when panned too far, at its length", () => {
    expect(panned({ from_s: 2, to_s: 4 }, whole, 99)).toEqual({ from_s: 8, to_s: 10 });
    expect(within({ from_s: -5, to_s: 30 }, whole)).toEqual(whole);
  });

  it("turns x to time and back", () => {
    const view = { from_s: 2, to_s: 4 };
    expect(timeOfX(view, xOfTime(view, 3.3, 40, 500), 40, 500)).toBeCloseTo(3.3);
  });

  it("turns the page only when the playhead leaves", () => {
    const view = { from_s: 2, to_s: 4 };
    expect(following(view, whole, 3)).toBe(view);
    expect(following(view, whole, 4.1)).toEqual({ from_s: 4.1, to_s: 6.1 });
  });

  it("knows when everything is shown", () => {
    expect(isWhole(whole, whole)).toBe(true);
    expect(isWhole({ from_s: 0, to_s: 9 }, whole)).toBe(false);
  });
});

describe("ticks", () => {
  it("are round, inside, and not too many", () => {
    expect(roundTicks(0, 5, 10)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]);
    expect(roundTicks(1.03, 1.37, 4)).toEqual([1.1, 1.2, 1.3]);
    expect(roundTicks(0, 0, 4)).toEqual([]);
  });

  it("step by 1, 2 or 5 times a power of ten", () => {
    expect([0.3, 1, 1.1, 3, 7, 60].map(roundStep)).toEqual([0.5, 1, 2, 5, 10, 100]);
  });

  it("leaves out frequencies that would touch, low ones first", () => {
    const kept = frequencyTicks((hz) => hz / 50, 0, 8000, 30);
    expect(kept).toEqual([500, 2000, 4000, 8000]);
  });
});
