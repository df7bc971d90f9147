import { describe, expect, it } from "vitest";

import type { ActivationMap } from "@/api/client";
import { byMember, layersOf, placeOf, viewOfLayers, type Heard } from "./heard";

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

  it("of one network are one group, of several one each", () => {
    const grouped = (names: string[]) =>
      layersOf(names.map(map)).map(({ inside }) =>
        byMember(inside).map(({ member, maps }) => [member, ...maps.map(({ facts }) => placeOf(facts))]),
      );
    const relu = { block: "block0", part: "relu" };
    const conv = { block: "block0", part: "conv" };
    expect(grouped(["layer1.block0.relu", "layer1.block0.conv", "layer1"])).toEqual([
      [["", { member: "", ...relu }, { member: "", ...conv }]],
    ]);
    expect(grouped(["layer1.mobilenet.block0.conv", "layer1.resnet2.block0.relu", "layer1"])).toEqual([
      [
        ["mobilenet", { member: "mobilenet", ...conv }],
        ["resnet2", { member: "resnet2", ...relu }],
      ],
    ]);
  });
});

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
