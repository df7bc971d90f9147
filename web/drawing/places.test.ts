import { describe, expect, it } from "vitest";

import { patchOf } from "./field";
import { cellAt, cellBox, fittingMosaic, mosaicOf } from "./mosaic";
import { guttersOf, plotOf } from "./plot";
import { nameOf, runsOf, type Run } from "./paint-timeline";

describe("what a place saw", () => {
  const map = { band_step: 4, frame_step: 4, field_bands: 20, field_frames: 10 };

  it("lies around row * step, column * step", () => {
    expect(patchOf(map, 8, 10, 128, 173)).toEqual({ band_from: 22.5, band_to: 42.5, frame_from: 35.5, frame_to: 45.5 });
  });

  it("is cut off at the edges of the spectrogram", () => {
    expect(patchOf(map, 0, 43, 128, 173)).toMatchObject({
      band_from: 0,
      band_to: 10.5,
      frame_from: 167.5,
      frame_to: 173,
    });
  });

  it("is the place's own cell where the model does not tell", () => {
    const untold = { ...map, field_bands: null, field_frames: null };
    expect(patchOf(untold, 2, 3, 128, 173)).toEqual({ band_from: 8, band_to: 12, frame_from: 12, frame_to: 16 });
  });
});

describe("the mosaic", () => {
  const mosaic = mosaicOf(10, 400, 90, 2, 10);

  it("fills the width with as many as fit", () => {
    expect(mosaic).toMatchObject({ across: 4, down: 3, cell_width_px: 92.5 });
    expect(cellBox(mosaic, 3).x + cellBox(mosaic, 3).width).toBeCloseTo(400);
  });

  it("finds the cell under the pointer, and none between cells or after the last", () => {
    const box = cellBox(mosaic, 6);
    expect(cellAt(mosaic, 10, box.x + box.width / 2, box.y + box.height / 4)).toEqual({ place: 6, u: 0.5, v: 0.25 });
    expect(cellAt(mosaic, 10, 95, 5)).toBeNull();
    const after = cellBox(mosaic, 11);
    expect(cellAt(mosaic, 10, after.x + 1, after.y + 1)).toBeNull();
  });

  it("shows one beside another at least", () => {
    expect(mosaicOf(3, 50, 90, 2, 10).across).toBe(1);
  });

  it("has cells as large as all of them can be seen at once, else the least", () => {
    const cells = { least_px: 100, most_px: 320, aspect: 2, gap_px: 6 };
    const roomy = fittingMosaic(48, 1500, 1000, cells);
    expect(roomy.height_px).toBeLessThanOrEqual(1000);
    expect(roomy.cell_width_px).toBeGreaterThan(200);
    expect(fittingMosaic(2, 1500, 1000, cells).cell_width_px).toBeGreaterThan(320);
    expect(fittingMosaic(320, 800, 300, cells)).toEqual(mosaicOf(320, 800, 100, 2, 6));
  });
});

describe("plots", () => {
  it("leave most of a phone to the sound", () => {
    const { left, right } = guttersOf(328, 12);
    expect(left + right).toBeLessThan(0.3 * 328);
  });

  it("never turn inside out", () => {
    expect(plotOf(10, 5, 12, { bottom: 24 })).toMatchObject({ plot_width: 1, plot_height: 1 });
  });
});

describe("window by window", () => {
  const window = (
    start_s: number,
    label: string,
    confidence: number,
    state: Run["state"] = "known",
    resembles: string | null = null,
  ) => ({ start_s, end_s: start_s + 5, label, confidence, state, resembles });

  it("joins neighbours of one class, each window up to where the next begins", () => {
    const runs = runsOf({
      timeline: [window(0, "dog", 0.5), window(2.5, "dog", 0.9), window(5, "rain", 0.7)],
      predictions: [{ label: "dog", title: "Dog", emoji: "D", category: "animals" }],
      duration_s: 9,
    });
    expect(runs.map(({ label, from_s, to_s, confidence }) => [label, from_s, to_s, confidence])).toEqual([
      ["dog", 0, 5, 0.9],
      ["rain", 5, 9, 0.7],
    ]);
  });

  it("parts what is not sure by what it may be instead", () => {
    const runs = runsOf({
      timeline: [
        window(0, "dog", 0.2, "unsure", "speech"),
        window(2.5, "cat", 0.1, "unsure", "speech"),
        window(5, "cat", 0.3, "unsure", "hum"),
        window(7.5, "cat", 0.3, "unsure"),
      ],
      predictions: [],
      duration_s: 12.5,
    });
    expect(runs.map((run) => [nameOf(run), run.from_s, run.to_s])).toEqual([
      ["Like speech", 0, 5],
      ["Like a hum", 5, 7.5],
      ["Not sure", 7.5, 12.5],
    ]);
  });

  it("joins what is not sure, whatever it comes closest to, and silence", () => {
    const runs = runsOf({
      timeline: [
        window(0, "dog", 0.9),
        window(2.5, "dog", 0.2, "unsure"),
        window(5, "rain", 0.3, "unsure"),
        window(7.5, "cat", 0.1, "unsure"),
        window(10, "cat", 0.1, "silence"),
        window(12.5, "rain", 0.1, "silence"),
      ],
      predictions: [{ label: "dog", title: "Dog", emoji: "D", category: "animals" }],
      duration_s: 15,
    });
    expect(runs.map((run) => [nameOf(run), run.label, run.from_s, run.to_s])).toEqual([
      ["Dog", "dog", 0, 2.5],
      ["Not sure", "rain", 2.5, 10],
      ["Silence", "cat", 10, 15],
    ]);
  });
});
