"use client";

import { useState } from "react";

import type { ScoredLabel } from "@/api/client";
import { clock, number, percent } from "@/drawing/words";
import { headlineOf } from "@/session/headline";
import type { Heard } from "@/session/heard";
import { hearerOf, models } from "@/session/models";
import { useSignal } from "@/session/signal";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Progress } from "@/ui/Progress";
import { HeadlineText } from "./HeadlineText";
import { categoryColour, categoryTitle } from "./categories";
import { CompareButton } from "./CompareButton";

const SHOWN = 5;

export function Answer({ heard }: { heard: Heard }) {
  const { predictions } = heard.document;
  return (
    <section
      id="answer"
      tabIndex={-1}
      aria-label="Answer"
      className="grid animate-[rise_.35s_ease-out] items-center gap-x-16 gap-y-8 grid-cols-[minmax(0,1fr)] pt-6 sm:pt-10 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]"
    >
      <Headline heard={heard} />
      {heard.verdict !== "silence" && <Ranking predictions={predictions} />}
    </section>
  );
}

function Headline({ heard }: { heard: Heard }) {
  const { verdict } = heard;
  const headline = headlineOf(heard.document, verdict);
  const [best] = heard.document.predictions;
  if (!headline || !best) return null;
  return (
    <div data-source={heard.source.name || undefined} data-state={verdict}>
      <HeadlineText headline={headline} heading>
        <Facts heard={heard} best={best} />
      </HeadlineText>
    </div>
  );
}

function Facts({ heard, best }: { heard: Heard; best: ScoredLabel }) {
  const { duration_s, windows, uncertainty, timeline } = heard.document;
  const list = useSignal(models);
  return (
    <div className="mt-4 flex flex-wrap gap-2">
      {heard.verdict === "known" && (
        <Badge colour={categoryColour(best.category)}>{categoryTitle(best.category) || "Own class"}</Badge>
      )}
      {heard.verdict !== "silence" && <Uncertainty share={uncertainty} />}
      <Badge>{heard.source.name}</Badge>
      <Badge>
        {clock(duration_s)}
        {timeline.length > 1 && `, ${windows} windows`}
      </Badge>
      {list.length > 1 && <Badge>model {hearerOf(list, heard)}</Badge>}
      <CompareButton heard={heard} />
    </div>
  );
}

const UNCERTAINTY = "0: all on one class; 1: all classes alike";

/** How widely the probabilities are spread. */
function Uncertainty({ share }: { share: number }) {
  return (
    <span title={UNCERTAINTY} className="flex">
      <Badge>
        uncertainty {number(share)}
        <span
          role="meter"
          aria-label={`Uncertainty (${UNCERTAINTY})`}
          aria-valuemin={0}
          aria-valuemax={1}
          aria-valuenow={share}
          className="ml-2 inline-block h-1 w-8 overflow-hidden rounded-full bg-line align-middle"
        >
          <span className="block h-full rounded-full bg-soft" style={{ width: `${share * 100}%` }} />
        </span>
      </Badge>
    </span>
  );
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
      {predictions.length > SHOWN && (
        <Button look="plain" small aria-expanded={all} onClick={() => setAll(!all)} className="mt-3 -ml-2.5">
          {all ? "Only the likeliest" : `All ${predictions.length} classes`}
          <Icon name="down" className={`size-4 transition-transform ${all ? "rotate-180" : ""}`} />
        </Button>
      )}
    </div>
  );
}

const FACED = "grid-cols-[1.6rem_7.5rem_1fr_3.4rem] sm:grid-cols-[1.6rem_9rem_1fr_4rem]";

function Row({ one }: { one: ScoredLabel }) {
  return (
    <li
      className={`grid break-inside-avoid items-center gap-2 py-[0.2rem] text-sm ${one.emoji ? FACED : "grid-cols-[9rem_1fr_3.4rem] sm:grid-cols-[12rem_1fr_4rem]"}`}
    >
      {one.emoji && <span aria-hidden>{one.emoji}</span>}
      <span title={one.title} className="line-clamp-2 leading-tight wrap-anywhere">
        {one.title}
      </span>
      <span aria-hidden className="contents">
        <Progress value={one.confidence} label="" colour={categoryColour(one.category)} className="h-2" />
      </span>
      <span className="text-right text-soft">{percent(one.confidence)}</span>
    </li>
  );
}
