import { describe, expect, it } from "vitest";

import type { ActivationMap } from "@/api/client";
import { layersOf } from "./heard";

describe("layers", () => {
  const map = (name: string): ActivationMap => {
    const [layer = "", ...inner] = name.split(".");
    const steps = { band_step: 1, frame_step: 1, field_bands: null, field_frames: null };
    return { name, layer, inner: inner.join("."), channels: 1, ...steps, shape: [1, 1], min: 0, max: 0, data: "AA==" };
  };

  it("hold what is inside them, everything in its natural order", () => {
    const names = [
      "conv1",
      "layer1.block0.conv",
      "layer1.block0.relu",
      "layer1",
      "layer2.block0.conv",
      "layer2.block10.conv",
      "layer2",
    ];
    const layers = layersOf(names.map(map));
    expect(layers.map(({ name }) => name)).toEqual(["conv1", "layer1", "layer2"]);
    expect(layers.map(({ inside }) => inside.map(({ facts }) => facts.name))).toEqual([
      [],
      ["layer1.block0.conv", "layer1.block0.relu"],
      ["layer2.block0.conv", "layer2.block10.conv"],
    ]);
  });
});
