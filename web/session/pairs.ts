// The likeliest classes of two answers, beside each other.
import type { ScoredLabel } from "@/api/client";

export interface Pair {
  label: string;
  title: string;
  emoji: string;
  /** Null: the network does not know the class. */
  shares: [number | null, number | null];
}

// A bar of less is not to be seen.
const NOTABLE = 0.005;
const FEWEST = 3;

/** Those that are among the likeliest of either, likeliest first; where nearly all is one class, few others. */
export function pairsOf(a: readonly ScoredLabel[], b: readonly ScoredLabel[], most: number): Pair[] {
  const likeliest = new Map([...b.slice(0, most), ...a.slice(0, most)].map((one) => [one.label, one]));
  const shareIn = (all: readonly ScoredLabel[], label: string) =>
    all.find((one) => one.label === label)?.confidence ?? null;
  return [...likeliest.values()]
    .map(({ label, title, emoji }): Pair => ({ label, title, emoji, shares: [shareIn(a, label), shareIn(b, label)] }))
    .toSorted((one, other) => higher(other) - higher(one))
    .filter((pair, i) => i < FEWEST || higher(pair) >= NOTABLE);
}

function higher({ shares }: Pair): number {
  return Math.max(...shares.map((share) => share ?? 0));
}
