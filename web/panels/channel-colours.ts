// Colours of channels: one scale for all of them, or each over its own range.
import { channelGrid, type Channels } from "@/drawing/grid";
import { colouringOf, type Colouring } from "@/drawing/range";
import { palette } from "@/session/session";
import type { Option } from "@/ui/Choice";

export type Scale = "shared" | "own";

export const SCALES: readonly Option<Scale>[] = [
  { value: "shared", title: "One scale" },
  { value: "own", title: "Each its own" },
];

export function rangeOf(channels: Channels): { min: number; max: number } {
  return {
    min: channels.low.reduce((a, b) => Math.min(a, b), Infinity),
    max: channels.high.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}

export function channelColouring(channels: Channels, channel: number, scale: Scale, dark: boolean): Colouring {
  const range = scale === "shared" ? rangeOf(channels) : channelGrid(channels, channel);
  return colouringOf(range, palette.get(), dark);
}
