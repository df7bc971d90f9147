import { describe, expect, it } from "vitest";

import { viewOfLayers, type Heard } from "./heard";

describe("what the layers show", () => {
  const window = { from_s: 15, to_s: 20 };
  const lasting = (to_s: number) => ({ window, whole: { from_s: 0, to_s } }) as Heard;

  it("is the view, of a sound not much longer than what the network looked into", () => {
    const view = { from_s: 0, to_s: 9 };
    const heard = { window: { from_s: 2.5, to_s: 7.5 }, whole: { from_s: 0, to_s: 9 } } as Heard;
    expect(viewOfLayers(heard, view)).toBe(view);
    expect(viewOfLayers(null, view)).toBe(view);
  });

  it("is the window of a long sound, wherever the view is", () => {
    for (const view of [
      { from_s: 0, to_s: 42 },
      { from_s: 18, to_s: 22 },
      { from_s: 30, to_s: 31 },
    ])
      expect(viewOfLayers(lasting(42), view)).toBe(window);
  });

  it("is the view again inside the window", () => {
    const view = { from_s: 15, to_s: 16 };
    expect(viewOfLayers(lasting(42), view)).toBe(view);
  });
});
