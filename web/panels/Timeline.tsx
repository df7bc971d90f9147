"use client";

import { useCallback, useRef } from "react";

import { paintTimeline, runsOf } from "@/drawing/paint-timeline";
import { plotOf } from "@/drawing/plot";
import { clock } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { cursor, view } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import { PaneHead } from "./PaneHead";
import { categoryColour } from "./categories";
import { useTimePointer } from "./time-pointer";

const WATCHED = [view] as const;

/** What a longer sound sounds like from window to window. */
export function Timeline({ heard }: { heard: Heard }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useTimePointer(ref, { onHover: (spot) => cursor.set(spot && { time_s: spot.time_s }) });
  const runs = runsOf(heard.document);
  const paint = useCallback<Paint>(
    (context, width, height, ink) => {
      const look = (category: string) => resolved(categoryColour(category));
      paintTimeline(context, plotOf(width, height, ink.em), runsOf(heard.document), view.get(), look, ink);
    },
    [heard],
  );
  return (
    <div className="pb-8">
      <PaneHead title="Window by window" pane="timeline" note="the likeliest class of each stretch" />
      <Canvas
        canvasRef={ref}
        pane={{ id: "timeline", title: "Window by window" }}
        label={`Window by window: ${runs.map(({ title, from_s, to_s }) => `${title} from ${clock(from_s)} to ${clock(to_s)}`).join(", ")}.`}
        paint={paint}
        watch={WATCHED}
        height="2.75rem"
        className="touch-pan-y"
      />
    </div>
  );
}

// A canvas does not know the page's variables.
function resolved(colour: string): string {
  const name = /var\((--[a-z]+)\)/.exec(colour)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : colour;
}
