"use client";

import { useLayoutEffect, useRef, type RefObject } from "react";

import { hzOfBand } from "@/drawing/bands";
import { patchOf } from "@/drawing/field";
import { xOfTime, type View } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { cursor, looked, mode, view } from "@/session/session";
import { fine } from "@/sound/fine";
import { never, soon } from "@/ui/frame";
import { ink } from "@/ui/ink";
import { placedOf } from "./maps";
import { spectrogramPlot } from "./SpectrogramCanvas";
import { seenOf, shareOfHz, type Seen } from "./spectrogram-seen";

interface Props {
  heard: Heard;
  canvas: RefObject<HTMLCanvasElement | null>;
  fixed?: View;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A frame around what the looked-at place of a map saw, and a line at the frequency under the pointer. */
export function Patch({ heard, canvas, fixed }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const level = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = () => {
      show(frame.current, patchBox(heard, canvas.current, fixed));
      if (!fixed) show(level.current, levelBox(heard, canvas.current));
    };
    const later = () => soon(place);
    const stops = [looked, cursor, view, mode, fine].map((one) => one.subscribe(later));
    place();
    return () => {
      never(place);
      for (const stop of stops) stop();
    };
  }, [heard, canvas, fixed]);
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
      <div ref={level} className="absolute top-0 left-0 h-px bg-white/55" />
      <div
        ref={frame}
        data-mark="patch"
        className="absolute -top-0.5 -left-0.5 box-content rounded-[3px] border-2 border-white shadow-[0_0_0_1px_rgb(0_0_0/0.6),inset_0_0_0_1px_rgb(0_0_0/0.4)]"
      />
    </div>
  );
}

function show(element: HTMLElement | null, box: Box | null): void {
  if (!element) return;
  element.style.visibility = box ? "visible" : "hidden";
  if (!box) return;
  element.style.transform = `translate(${box.x}px, ${box.y}px)`;
  element.style.width = `${box.width}px`;
  element.style.height = `${box.height}px`;
}

/** What the looked-at place saw: its time, and shares of the height from the top. */
export function patchSeen(heard: Heard, seen: Seen): (View & { top: number; bottom: number }) | null {
  const place = looked.get();
  const map = place && placedOf(heard, place.name);
  if (!map) return null;
  const { rows, columns } = heard.spectrogram;
  const patch = patchOf(map.facts, place.row, place.column, rows, columns);
  const { frame_s, hz } = heard.document.spectrogram;
  const time = (frame: number) => heard.window.from_s + frame * frame_s;
  const share = (band: number) => clamp(shareOfHz(seen, hzOfBand(hz, band - 0.5)));
  return {
    from_s: time(patch.frame_from),
    to_s: time(patch.frame_to),
    top: share(patch.band_to),
    bottom: share(patch.band_from),
  };
}

function patchBox(heard: Heard, canvas: HTMLCanvasElement | null, fixed?: View): Box | null {
  const patch = patchSeen(heard, seenOf(heard, fixed));
  if (!patch || !canvas) return null;
  const plot = spectrogramPlot(canvas.clientWidth, canvas.clientHeight, ink.get()?.em ?? 12);
  const shown = fixed ?? view.get();
  const xOf = (time_s: number) => xOfTime(shown, time_s, plot.left, plot.plot_width);
  const held = (x: number) => Math.min(plot.left + plot.plot_width, Math.max(plot.left, x));
  const [x, end] = [held(xOf(patch.from_s)), held(xOf(patch.to_s))];
  const [y, bottom] = [patch.top, patch.bottom].map((share) => plot.top + share * plot.plot_height) as [number, number];
  return end > x ? { x, y, width: Math.max(4, end - x), height: Math.max(4, bottom - y) } : null;
}

function levelBox(heard: Heard, canvas: HTMLCanvasElement | null): Box | null {
  const hz = cursor.get()?.hz;
  if (hz === undefined || !canvas) return null;
  const plot = spectrogramPlot(canvas.clientWidth, canvas.clientHeight, ink.get()?.em ?? 12);
  const y = plot.top + clamp(shareOfHz(seenOf(heard), hz)) * plot.plot_height;
  return { x: plot.left, y, width: plot.plot_width, height: 1 };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
