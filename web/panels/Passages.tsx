"use client";

import { memo } from "react";

import { longClock, percent } from "@/drawing/words";
import { clearMonitor, monitor, unclearMonitor, type Monitor } from "@/session/monitor";
import { tableOf, type Passage } from "@/session/passages";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { handOn } from "@/ui/hand-on";
import { Icon } from "@/ui/Icon";
import { save } from "./saving";

// All are in the table.
const MOST_SHOWN = 300;

/** What was heard while listening, the newest first. */
export function Passages() {
  const now = useSignal(monitor);
  if (!now) return null;
  const { state, passages, cleared } = now;
  return (state === "listening" || passages.length > 0 || cleared.length > 0) && <List {...now} />;
}

function List({ state, passages, cleared, lost }: Monitor) {
  const table = () => save(new Blob([tableOf(passages)], { type: "text/csv" }), "heard.csv");
  return (
    <section aria-label="Heard while listening" className="mx-auto mt-4 max-w-[98rem] print:hidden">
      <Card className="pt-3 pb-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pr-3 pl-5">
          <p className="text-sm font-medium">Heard while listening</p>
          <p role="status" className={`text-xs ${lost ? "text-accent" : "text-soft"}`}>
            {lost || (cleared.length > 0 ? "Cleared." : "Names are noted down, no sound is kept.")}
          </p>
          <div className="ml-auto flex flex-wrap gap-1.5">
            {cleared.length > 0 ? (
              <Button small onClick={unclearMonitor}>
                Bring them back
              </Button>
            ) : (
              <Button small aria-disabled={passages.length === 0} onClick={() => passages.length > 0 && table()}>
                <Icon name="save" className="size-4" />
                Table
              </Button>
            )}
            {state === "ended" && cleared.length === 0 && (
              <Button
                small
                look="plain"
                onClick={(event) => {
                  handOn(event, document.querySelector<HTMLElement>("[data-listen] button"));
                  clearMonitor();
                }}
              >
                Clear
              </Button>
            )}
          </div>
        </div>
        {state === "listening" && passages.length === 0 && (
          <p className="px-5 py-3 text-sm text-soft">Nothing yet that it is sure of.</p>
        )}
        {passages.length > 0 && (
          <ol
            aria-label="Names, the newest first"
            tabIndex={0}
            className="mt-2 grid max-h-44 gap-x-2 overflow-y-auto px-2 sm:max-h-80 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4"
          >
            {passages.slice(0, MOST_SHOWN).map((passage) => (
              <Line key={`${passage.label} ${passage.model} ${passage.from_ms}`} passage={passage} />
            ))}
          </ol>
        )}
        {passages.length > MOST_SHOWN && (
          <p className="px-5 py-1 text-xs text-soft">
            The newest {MOST_SHOWN} of {passages.length}; the table has all of them.
          </p>
        )}
      </Card>
    </section>
  );
}

const Line = memo(function Line({ passage }: { passage: Passage }) {
  const { label, title, emoji, from_ms, to_ms, confidence } = passage;
  const lasted_s = Math.round((to_ms - from_ms) / 1000);
  return (
    <li className="grid min-h-14 grid-cols-[2.25rem_minmax(0,1fr)] items-center gap-x-2 px-2 py-2 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]">
      <span aria-hidden className="text-center text-2xl">
        {emoji}
      </span>
      <span className="min-w-0">
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="block truncate text-xs text-soft">
          {timeOf(from_ms)} · {longClock(lasted_s)}
          {label && ` · ${percent(confidence)}`}
        </span>
      </span>
    </li>
  );
});

/** With the day, unless that is today. */
function timeOf(time_ms: number): string {
  const time = new Date(time_ms);
  const clock = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const today = time.toDateString() === new Date().toDateString();
  return today ? clock : `${time.toLocaleDateString([], { day: "numeric", month: "short" })}, ${clock}`;
}
