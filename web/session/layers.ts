// The maps of an answer, put in order: layers, what is inside them, and which network it belongs to.
import type { ActivationMap } from "@/api/client";
import { gridOf, type Grid } from "@/drawing/grid";

export interface HeardMap {
  facts: ActivationMap;
  grid: Grid;
}

export interface Layer {
  name: string;
  main: HeardMap;
  inside: HeardMap[];
}

/** Layers in the order the sound meets them, each with the maps inside it, in the same order. */
export function layersOf(activations: ActivationMap[]): Layer[] {
  const maps = activations.map((facts) => ({ facts, grid: gridOf(facts) }));
  return maps
    .filter(({ facts }) => facts.inner === "")
    .map((main) => ({
      name: main.facts.layer,
      main,
      inside: maps.filter(({ facts }) => facts.layer === main.facts.layer && facts.inner !== ""),
    }));
}

/** Where inside a layer a map stands: "mobilenet.block0.conv" and, of a lone network, "block0.conv". */
export function placeOf({ inner }: ActivationMap): { member: string; block: string; part: string } {
  const [part = "", block = "", ...member] = inner.split(".").reverse();
  return { member: member.reverse().join("."), block, part };
}

/** The maps inside a layer by the network that they belong to, where several hear side by side. */
export function byMember(inside: HeardMap[]): { member: string; maps: HeardMap[] }[] {
  const members = [...new Set(inside.map(({ facts }) => placeOf(facts).member))];
  return members.map((member) => ({ member, maps: inside.filter(({ facts }) => placeOf(facts).member === member) }));
}

/** Channels `from` to `to`, both included, of a layer's map belong to `member`. */
export interface Share {
  member: string;
  from: number;
  to: number;
}

/** Whose the channels of a layer's main map are; nothing is told of a lone network, nor of what is inside a layer. */
export function sharesOf(layers: Layer[], name: string): Share[] {
  const at = layers.findIndex((layer) => layer.name === name);
  // conv1 has nothing inside, and as many channels of each member as the layer after it.
  for (const { inside } of layers.slice(at, at + 2)) {
    let next = 0;
    const shares = byMember(inside).map(({ member, maps }) => {
      const from = next;
      next += maps.at(-1)?.facts.channels ?? 0;
      return { member, from, to: next - 1 };
    });
    if (shares.length > 1 && next === layers[at]?.main.facts.channels) return shares;
  }
  return [];
}
