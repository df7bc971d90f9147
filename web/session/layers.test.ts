import { describe, expect, it } from "vitest";

import type { ActivationMap } from "@/api/client";
import { byMember, layersOf, placeOf, sharesOf } from "./layers";

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

  it("share out their channels to the networks side by side", () => {
    const wide = (name: string, channels: number) => ({ ...map(name), channels });
    const layers = layersOf([
      wide("conv1", 5),
      wide("layer1.mobilenet.block0.relu", 12),
      wide("layer1.mobilenet.block0.conv", 2),
      wide("layer1.efficientnet.block0.relu", 18),
      wide("layer1.efficientnet.block0.conv", 3),
      wide("layer1", 5),
      wide("layer2.mobilenet.block0.conv", 4),
      wide("layer2.efficientnet.block0.conv", 6),
      wide("layer2", 10),
    ]);
    const shares = (two: number, all: number) => [
      { member: "mobilenet", from: 0, to: two - 1 },
      { member: "efficientnet", from: two, to: all - 1 },
    ];
    expect(sharesOf(layers, "conv1")).toEqual(shares(2, 5));
    expect(sharesOf(layers, "layer1")).toEqual(shares(2, 5));
    expect(sharesOf(layers, "layer2")).toEqual(shares(4, 10));
    expect(sharesOf(layers, "layer1.mobilenet.block0.conv")).toEqual([]);
    const alone = ["conv1", "layer1.block0.conv", "layer1"].map(map);
    for (const { name } of alone) expect(sharesOf(layersOf(alone), name)).toEqual([]);
  });
});
