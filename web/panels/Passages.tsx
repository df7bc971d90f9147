"use client";

import { memo } from "react";

import { percent, shortClock } from "@/drawing/words";
import { clearMonitor, monitor, type Monitor } from "@/session/monitor";
import { tableOf, type Passage } from "@/session/passages";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Icon } from "@/ui/Icon";
import { save } from "./saving";

/** What was heard while listening, the newest first. */
export function Passages() {
  const now = useSignal(monitor);
  return now && (now.state === "listening" || now.passages.length > 0) && <List {...now} />;
}

function List({ state, passages, lost }: Monitor) {
  const table = () => save(new Blob([tableOf(passages)], { type: "text/csv" }), "heard.csv");
  return (
    <section aria-label="Heard while listening" className="mx-auto mt-4 max-w-[98rem] print:hidden">
      <Card className="pt-3 pb-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pr-3 pl-5">
          <p className="text-sm font-medium">Heard while listening</p>
          <p role="status" className={`text-xs ${lost ? "text-accent" : "text-soft"}`}>
            {lost
              ? "The server does not answer just now. It is asked again."
              : "Names are noted down, no sound is kept."}
          </p>
          <div className="ml-auto flex flex-wrap gap-1.5">
            <Button small aria-disabled={passages.length === 0} onClick={() => passages.length > 0 && table()}>
              <Icon name="save" className="size-4" />
              Table
            </Button>
            {state === "ended" && (
              <Button small look="plain" onClick={clearMonitor}>
                Close
              </Button>
            )}
          </div>
        </div>
        {passages.length === 0 && <p className="px-5 py-3 text-sm text-soft">Nothing yet that it is sure of.</p>}
        <ol className="mt-2 grid max-h-64 gap-x-2 overflow-y-auto px-2 sm:max-h-80 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
          {passages.map((passage) => (
            <Line key={`${passage.label} ${passage.model} ${passage.from_ms}`} passage={passage} />
          ))}
        </ol>
      </Card>
    </section>
  );
}

const Line = memo(function Line({ passage: { title, emoji, from_ms, to_ms, confidence } }: { passage: Passage }) {
  const lasted_s = Math.round((to_ms - from_ms) / 1000);
  return (
    <li className="grid min-h-14 grid-cols-[2.25rem_minmax(0,1fr)] items-center gap-x-2 px-2 py-2 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]">
      <span aria-hidden className="text-center text-2xl">
        {emoji}
      </span>
      <span className="min-w-0">
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="block truncate text-xs text-soft">
          {timeOfDay(from_ms)}
          {lasted_s > 0 && ` · ${shortClock(lasted_s)}`} · {percent(confidence)}
        </span>
      </span>
    </li>
  );
});

function timeOfDay(time_ms: number): string {
  return new Date(time_ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
