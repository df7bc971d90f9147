"use client";

import { useState } from "react";

import { clock } from "@/drawing/words";
import { headlineOf } from "@/session/headline";
import type { Heard } from "@/session/heard";
import { hearerOf, models } from "@/session/models";
import { useSignal } from "@/session/signal";
import { Badge } from "@/ui/Badge";
import { Choice } from "@/ui/Choice";
import { ComparedMaps } from "./ComparedMaps";
import { SCALES, type Scale } from "./channel-colours";
import { Letter, LETTERS, type Sides } from "./letters";
import { PairedBars } from "./PairedBars";
import { Palettes } from "./Palettes";

/** What each was called, how sure of which classes, and what each layer made of both. */
export function Comparison({ sides }: { sides: Sides }) {
  const [scale, setScale] = useState<Scale>("shared");
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Comparison"
      className="min-h-0 flex-1 overflow-y-auto px-5 pt-2 pb-8 -outline-offset-2 sm:px-8"
    >
      <div className="grid gap-6 md:grid-cols-2">
        {sides.map((side, i) => (
          <Side key={i} heard={side} at={i} />
        ))}
      </div>
      <PairedBars sides={sides} />
      <div className="flex flex-wrap items-center gap-2 pt-8 pb-1">
        <h3 className="mr-auto font-serif text-2xl">What they saw</h3>
        <Choice label="Colour scale" value={scale} options={SCALES} onChange={setScale} />
        <Palettes />
      </div>
      <ComparedMaps sides={sides} scale={scale} />
    </div>
  );
}

function Side({ heard, at }: { heard: Heard; at: number }) {
  const headline = headlineOf(heard.document, heard.verdict);
  const list = useSignal(models);
  return (
    <section aria-label={LETTERS[at]} className="flex items-center gap-4">
      <span aria-hidden className={`text-5xl leading-none sm:text-6xl ${headline?.sure ? "" : "opacity-40 grayscale"}`}>
        {headline?.emoji}
      </span>
      <div className="min-w-0">
        <h3 className="flex items-center gap-3 font-serif text-3xl leading-none sm:text-4xl">
          <Letter at={at} />
          {headline?.title}
        </h3>
        <p className="mt-2 text-sm text-balance text-soft">{headline?.remark}</p>
        <p className="mt-2.5 flex flex-wrap gap-1.5">
          <Badge>{heard.source.name}</Badge>
          <Badge>{clock(heard.document.duration_s)}</Badge>
          <Badge>model {hearerOf(list, heard)}</Badge>
          {heard.waited_ms !== undefined && <Badge>answered in {Math.max(1, Math.round(heard.waited_ms))} ms</Badge>}
        </p>
      </div>
    </section>
  );
}
