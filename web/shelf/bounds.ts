// How much the shelf holds.
import type { Kept } from "./kept";

export const MOST_SOUNDS = 50;
export const MOST_BYTES = 100e6;

type Held = Pick<Kept, "id" | "heard_ms" | "size_bytes">;

export function bytesOf(kept: readonly Pick<Kept, "size_bytes">[]): number {
  return kept.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
}

/** What has to go for the rest to fit: the oldest first, and never one of `spared`. */
export function surplusOf<T extends Held>(kept: readonly T[], spared: readonly string[]): T[] {
  const left = [...kept];
  const gone: T[] = [];
  for (const one of kept.toSorted((a, b) => a.heard_ms - b.heard_ms)) {
    if (left.length <= MOST_SOUNDS && bytesOf(left) <= MOST_BYTES) break;
    if (spared.includes(one.id)) continue;
    left.splice(left.indexOf(one), 1);
    gone.push(one);
  }
  return gone;
}
