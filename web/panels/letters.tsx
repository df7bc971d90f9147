// What the two of a comparison are called, and their colours, everywhere the same.
import type { Heard } from "@/session/heard";

export type Sides = readonly [Heard, Heard];

export const LETTERS = ["A", "B"] as const;
export const SIDE_COLOURS = ["var(--text)", "var(--accent)"] as const;

const LOOKS = ["bg-text text-paper", "bg-accent text-on-accent"] as const;

export function Letter({ at }: { at: number }) {
  return (
    <span
      className={`inline-grid size-[1.35rem] shrink-0 place-items-center rounded-full font-sans text-xs font-semibold ${LOOKS[at]}`}
    >
      {LETTERS[at]}
    </span>
  );
}
