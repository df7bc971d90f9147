import { describe, expect, it } from "vitest";

import { byStrength, bytesOfBase64, channelGrid, channelsOf, gridOf, strengths, valueAt, valuesOf } from "./grid";

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

describe("arrays in base64", () => {
  it("gives back every byte", () => {
    const all = Array.from({ length: 256 }, (_, i) => i);
    expect([...bytesOfBase64(base64(...all))]).toEqual(all);
  });

  it("is the same with and without the browser's own decoder", () => {
    const host = Uint8Array as { fromBase64?: unknown };
    const own = host.fromBase64;
    const text = base64(0, 1, 254, 255);
    host.fromBase64 = undefined;
    const slow = [...bytesOfBase64(text)];
    host.fromBase64 = own;
    expect([...bytesOfBase64(text)]).toEqual(slow);
  });

  it("places 0 at the lowest and 255 at the highest value, rows from below", () => {
    const grid = gridOf({ shape: [2, 2], min: -3, max: 7, data: base64(0, 255, 51, 102) });
    expect(valueAt(grid, 0, 0)).toBe(-3);
    expect(valueAt(grid, 0, 1)).toBe(7);
    expect(valueAt(grid, 1, 0)).toBeCloseTo(-1);
    expect([...valuesOf(grid)].at(-1)).toBeCloseTo(1);
  });

  it("takes a single row for a list", () => {
    expect(gridOf({ shape: [3], min: 0, max: 1, data: base64(0, 1, 2) })).toMatchObject({ rows: 1, columns: 3 });
  });

  it("refuses a shape that the bytes do not fill", () => {
    expect(() => gridOf({ shape: [2, 2], min: 0, max: 1, data: base64(1, 2, 3) })).toThrow("3 bytes for 2 x 2");
  });
});

describe("channels", () => {
  it("reads the header, both ranges and each channel's bytes", () => {
    const channels = channelsOf(
      binary(
        [
          [-1, 1],
          [0, 10],
        ],
        [
          [0, 255],
          [255, 255],
        ],
      ),
    );
    expect(channels).toMatchObject({ count: 2, rows: 1, columns: 2 });
    expect(valueAt(channelGrid(channels, 0), 0, 1)).toBe(1);
    expect(valueAt(channelGrid(channels, 1), 0, 0)).toBe(10);
  });

  it("refuses what is cut off", () => {
    expect(() => channelsOf(binary([[0, 1]], [[1, 2]]).slice(0, -1))).toThrow("bytes instead of");
  });

  it("sorts by root mean square, whatever the sign, and leaves equals in place", () => {
    const channels = channelsOf(
      binary(
        [
          [0, 1],
          [-9, 0],
          [0, 1],
        ],
        [
          [255, 255],
          [0, 0],
          [255, 255],
        ],
      ),
    );
    expect([...strengths(channels)]).toEqual([1, 9, 1]);
    expect(byStrength(strengths(channels))).toEqual([1, 0, 2]);
  });
});

/** [C][low, high] and [C][two steps] as the server writes them. */
function binary(ranges: [number, number][], steps: [number, number][]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(12 + ranges.length * 10));
  [ranges.length, 1, 2].forEach((value, i) => view.setUint32(4 * i, value, true));
  ranges.forEach(([low, high], i) => {
    view.setFloat32(12 + 4 * i, low, true);
    view.setFloat32(12 + 4 * (ranges.length + i), high, true);
  });
  steps.flat().forEach((step, i) => view.setUint8(12 + 8 * ranges.length + i, step));
  return view.buffer as ArrayBuffer;
}
