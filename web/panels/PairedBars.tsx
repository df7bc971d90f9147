"use client";

import { percent } from "@/drawing/words";
import { pairsOf, type Pair } from "@/session/pairs";
import { Progress } from "@/ui/Progress";
import { LETTERS, SIDE_COLOURS, type Sides } from "./letters";

const MOST = 5;

/** The likeliest classes of either, one bar each. */
export function PairedBars({ sides: [a, b] }: { sides: Sides }) {
  const pairs = pairsOf(a.document.predictions, b.document.predictions, MOST);
  return (
    <ul aria-label="Likeliest classes of both" className="mt-7 gap-x-14 lg:columns-2">
      {pairs.map((pair) => (
        <li
          key={pair.label}
          className="grid break-inside-avoid grid-cols-[1.6rem_7rem_1fr] items-center gap-x-2 py-[0.3rem] text-sm sm:grid-cols-[1.6rem_9rem_1fr]"
        >
          <span aria-hidden>{pair.emoji}</span>
          <span className="truncate">{pair.title}</span>
          <Bars pair={pair} />
        </li>
      ))}
    </ul>
  );
}

function Bars({ pair }: { pair: Pair }) {
  return (
    <div className="grid gap-0.5">
      {pair.shares.map((share, i) => (
        <div key={i} className="grid grid-cols-[1fr_3.4rem] items-center gap-2 text-xs">
          <Progress
            value={share ?? 0}
            label={`${LETTERS[i]}, ${pair.title}: ${share === null ? "not among its classes" : percent(share)}`}
            colour={SIDE_COLOURS[i]}
            className="h-2"
          />
          <span className="text-right text-soft">{share === null ? "unknown" : percent(share)}</span>
        </div>
      ))}
    </div>
  );
}
