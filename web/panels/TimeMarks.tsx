"use client";

import { useLayoutEffect, useRef } from "react";

import { guttersOf } from "@/drawing/plot";
import { spanOf, type View } from "@/drawing/view";
import { cursor, selection, view } from "@/session/session";
import type { Watched } from "@/session/signal";
import { listening, position } from "@/sound/listening";
import { never, soon } from "@/ui/frame";
import { ink } from "@/ui/ink";

/** Playhead, pointer and selection, drawn once across panes of one axis: three elements that only ever move. */
export function TimeMarks({ axis = view }: { axis?: Watched<View> }) {
  const frame = useRef<HTMLDivElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const pointer = useRef<HTMLDivElement>(null);
  const chosen = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    let width = 0;
    const place = () => {
      const of = (time_s: number) => ((time_s - axis.get().from_s) / spanOf(axis.get())) * width;
      move(playhead.current, listening.get().state === "ready" ? of(position.get()) : null, width);
      move(pointer.current, cursor.get() ? of(cursor.get()?.time_s ?? 0) : null, width);
      const held = selection.get();
      stretch(chosen.current, held && of(held.from_s), held && of(held.to_s));
    };
    const observer = new ResizeObserver(([entry]) => {
      const whole = entry?.contentRect.width ?? 0;
      const { left, right } = guttersOf(whole, ink.get()?.em ?? 12);
      width = whole - left - right;
      if (frame.current) Object.assign(frame.current.style, { left: `${left}px`, right: `${right}px` });
      place();
    });
    if (frame.current?.parentElement) observer.observe(frame.current.parentElement);
    const later = () => soon(place);
    const stops = [axis, cursor, selection, listening, position].map((one) => one.subscribe(later));
    return () => {
      observer.disconnect();
      never(place);
      for (const stop of stops) stop();
    };
  }, [axis]);

  const bar = "absolute inset-y-0 left-0 will-change-transform";
  return (
    <div ref={frame} aria-hidden className="pointer-events-none absolute inset-y-0 z-10 overflow-hidden print:hidden">
      <div ref={chosen} data-mark="selection" className={`${bar} border-x border-white bg-accent/20 ${EDGE}`} />
      <div ref={pointer} data-mark="pointer" className={`${bar} w-px bg-white ${EDGE}`} />
      <div
        ref={playhead}
        data-mark="playhead"
        className={`${bar} -ml-px w-0.5 bg-accent shadow-[0_0_0_1px_rgb(0_0_0/0.25)]`}
      />
    </div>
  );
}

// Seen on paper, and on whatever the colours of a map are.
const EDGE = "shadow-[0_0_0_1px_rgb(0_0_0/0.6)]";

function move(element: HTMLElement | null, x: number | null, width: number): void {
  if (!element) return;
  const seen = x !== null && x >= -0.5 && x <= width + 0.5;
  element.style.visibility = seen ? "visible" : "hidden";
  if (seen) element.style.transform = `translateX(${x}px)`;
}

function stretch(element: HTMLElement | null, from: number | null, to: number | null): void {
  if (!element) return;
  element.style.visibility = from === null ? "hidden" : "visible";
  if (from === null || to === null) return;
  element.style.transform = `translateX(${from}px)`;
  element.style.width = `${to - from}px`;
}
