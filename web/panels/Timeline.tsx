"use client";

import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from "react";

import { nameOf, paintTimeline, runsOf, type Run } from "@/drawing/paint-timeline";
import { plotOf } from "@/drawing/plot";
import { clock, percent } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { cursor, selection, view } from "@/session/session";
import { currentPlayer } from "@/sound/listening";
import { Canvas, type Paint } from "@/ui/Canvas";
import { speak, useSpoken } from "@/ui/spoken";
import { PaneHead } from "./PaneHead";
import { categoryColour } from "./categories";
import { onTimeKey } from "./time-keys";
import { seekTo, useTimePointer } from "./time-pointer";

const WATCHED = [view] as const;

/** What a longer sound sounds like from window to window; a press selects a stretch of one class. */
export function Timeline({ heard }: { heard: Heard }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const runs = useMemo(() => runsOf(heard.document), [heard]);
  const { duration_s } = heard.document;
  useSpoken(ref, { now: 1, text: wordsOf(runs[0], duration_s) }, runs);
  useTimePointer(ref, {
    onHover: (spot) => cursor.set(spot && { time_s: spot.time_s }),
    onClick: ({ time_s }) => choose(runAt(runs, time_s)),
  });
  const paint = useCallback<Paint>(
    (context, width, height, ink) => {
      const look = (category: string) => resolved(categoryColour(category));
      paintTimeline(context, plotOf(width, height, ink.em), runs, view.get(), look, ink);
    },
    [runs],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.shiftKey) return onTimeKey(event);
    event.preventDefault();
    const now = runs.findIndex(({ from_s }) => from_s === selection.get()?.from_s);
    const place = Math.min(runs.length - 1, Math.max(0, now < 0 && step < 0 ? 0 : now + step));
    choose(runs[place]);
    speak(event.currentTarget, { now: place + 1, text: wordsOf(runs[place], duration_s) });
  };
  return (
    <div className="pb-8">
      <PaneHead title="Window by window" pane="timeline" note={<Reading runs={runs} duration_s={duration_s} />} />
      <Canvas
        canvasRef={ref}
        pane={{ id: "timeline", title: "Window by window" }}
        label={`Window by window, ${runs.length} stretches`}
        aria-description="Left and right select one."
        paint={paint}
        watch={WATCHED}
        height="2.75rem"
        role="slider"
        tabIndex={0}
        aria-valuemin={1}
        aria-valuemax={runs.length}
        onKeyDown={onKeyDown}
        className="cursor-pointer touch-pan-y rounded-sm"
      />
    </div>
  );
}

function runAt(runs: Run[], time_s = -1): Run | undefined {
  return runs.find(({ from_s, to_s }) => time_s >= from_s && time_s < to_s);
}

function isSelected({ from_s, to_s }: Run): boolean {
  const held = selection.get();
  return held?.from_s === from_s && held.to_s === to_s;
}

function choose(run: Run | undefined): void {
  if (!run) return;
  const { from_s, to_s } = run;
  seekTo(from_s);
  selection.set({ from_s, to_s });
  currentPlayer()?.bound(selection.get());
}

/** "Siren, 0:55.0 to 1:00.0, up to 97 %", "Like speech, 0:00.0 to 0:05.0, closest to laughing with 12 %" */
function wordsOf(run: Run | undefined, duration_s: number): string {
  if (!run) return "";
  const [from, to] = [clock(run.from_s, duration_s), clock(run.to_s, duration_s)];
  const share = percent(run.confidence);
  const more = {
    known: `, up to ${share}`,
    unsure: `, closest to ${run.title.toLowerCase()} with ${share}`,
    silence: "",
  };
  return `${nameOf(run)}, ${from} to ${to}${more[run.state]}`;
}

/** Follows the pointer past React; without one, as on a phone, what was pressed stays named. */
function Reading({ runs, duration_s }: { runs: Run[]; duration_s: number }) {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => {
      const run = runAt(runs, cursor.get()?.time_s) ?? runs.find(isSelected);
      const words = wordsOf(run, duration_s);
      if (text.current)
        text.current.textContent = words || "the likeliest class of each stretch; press one to select it";
    };
    write();
    const stops = [cursor, selection].map((one) => one.subscribe(write));
    return () => stops.forEach((stop) => stop());
  }, [runs, duration_s]);
  return <span ref={text} data-reading="timeline" />;
}

// A canvas does not know the page's variables.
function resolved(colour: string): string {
  const name = /var\((--[a-z]+)\)/.exec(colour)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : colour;
}
