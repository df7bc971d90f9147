"use client";

import { useState } from "react";

import type { ScoredLabel } from "@/api/client";
import { clock, percent } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Progress } from "@/ui/Progress";
import { categoryColour, categoryTitle } from "./categories";

const SURE = 0.5;
const SHOWN = 5;

export function Answer({ heard }: { heard: Heard }) {
  const { predictions, silent } = heard.document;
  return (
    <section
      aria-label="Answer"
      className="grid animate-[rise_.35s_ease-out] items-center gap-x-16 gap-y-8 pt-6 sm:pt-10 lg:grid-cols-[1.15fr_1fr]"
    >
      <Headline heard={heard} />
      {!silent && <Ranking predictions={predictions} />}
    </section>
  );
}

function Headline({ heard }: { heard: Heard }) {
  const { predictions, silent, duration_s, windows } = heard.document;
  const best = predictions[0];
  if (!best) return null;
  const sure = best.confidence >= SURE;
  return (
    <div
      className="flex items-center gap-5 sm:gap-8"
      aria-live="polite"
      data-source={heard.source.name || undefined}
      data-state={silent ? "silent" : sure ? "sure" : "unsure"}
    >
      <span
        aria-hidden
        className={`text-6xl leading-none sm:text-8xl ${sure && !silent ? "" : "opacity-40 grayscale"}`}
      >
        {silent ? "🔇" : best.emoji}
      </span>
      <div className="min-w-0">
        <h1 className="font-serif text-5xl leading-none tracking-tight text-balance sm:text-7xl">
          {titleOf(silent, sure, best)}
        </h1>
        <p className="mt-3 text-base text-balance text-soft sm:text-lg">{remark(silent, sure, best)}</p>
        <p className="mt-4 flex flex-wrap gap-2">
          {!silent && sure && (
            <Badge colour={categoryColour(best.category)}>{categoryTitle(best.category) || "Own class"}</Badge>
          )}
          <Badge>{heard.source.name}</Badge>
          <Badge>
            {clock(duration_s)}
            {windows > 1 && `, ${windows} windows`}
          </Badge>
        </p>
      </div>
    </div>
  );
}

function titleOf(silent: boolean, sure: boolean, best: ScoredLabel): string {
  if (silent) return "Silence";
  return sure ? best.title : "Not sure";
}

function remark(silent: boolean, sure: boolean, best: ScoredLabel): string {
  if (silent) return "There was nothing to hear, so there is nothing to name.";
  if (sure) return `${percent(best.confidence)} sure`;
  return `It comes closest to ${best.title.toLowerCase()}, with ${percent(best.confidence)}. It may be none of the 50.`;
}

function Ranking({ predictions }: { predictions: ScoredLabel[] }) {
  const [all, setAll] = useState(false);
  return (
    <div className={all ? "lg:col-span-2" : ""}>
      <ol
        aria-label={all ? "All classes" : "Likeliest classes"}
        className={all ? "columns-1 gap-x-12 sm:columns-2 xl:columns-3" : "grid gap-y-1.5"}
      >
        {predictions.slice(0, all ? undefined : SHOWN).map((one) => (
          <Row key={one.label} one={one} />
        ))}
      </ol>
      <Button look="plain" small aria-expanded={all} onClick={() => setAll(!all)} className="mt-3 -ml-2.5">
        {all ? "Only the likeliest" : `All ${predictions.length} classes`}
        <Icon name="down" className={`size-4 transition-transform ${all ? "rotate-180" : ""}`} />
      </Button>
    </div>
  );
}

function Row({ one }: { one: ScoredLabel }) {
  const name = `${one.title}: ${percent(one.confidence)}`;
  return (
    <li className="grid break-inside-avoid py-[0.2rem] grid-cols-[1.6rem_7.5rem_1fr_3.4rem] sm:grid-cols-[1.6rem_9rem_1fr_4rem] items-center gap-2 text-sm">
      <span aria-hidden>{one.emoji}</span>
      <span className="truncate">{one.title}</span>
      <Progress value={one.confidence} label={name} colour={categoryColour(one.category)} className="h-2" />
      <span className="text-right text-soft">{percent(one.confidence)}</span>
    </li>
  );
}
