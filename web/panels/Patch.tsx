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
import { seenOf, shareOfHz } from "./spectrogram-seen";

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

function patchBox(heard: Heard, canvas: HTMLCanvasElement | null, fixed?: View): Box | null {
  const place = looked.get();
  const map = place && placedOf(heard, place.name);
  if (!map || !canvas) return null;
  const { rows, columns } = heard.spectrogram;
  const patch = patchOf(map.facts, place.row, place.column, rows, columns);
  const { frame_s, hz } = heard.document.spectrogram;
  const plot = spectrogramPlot(canvas.clientWidth, canvas.clientHeight, ink.get()?.em ?? 12);
  const seen = seenOf(heard, fixed);
  const shown = fixed ?? view.get();
  const xOf = (frame: number) => xOfTime(shown, heard.window.from_s + frame * frame_s, plot.left, plot.plot_width);
  const yOf = (band: number) => plot.top + clamp(shareOfHz(seen, hzOfBand(hz, band - 0.5))) * plot.plot_height;
  const held = (x: number) => Math.min(plot.left + plot.plot_width, Math.max(plot.left, x));
  const [x, end] = [held(xOf(patch.frame_from)), held(xOf(patch.frame_to))];
  const [y, bottom] = [yOf(patch.band_to), yOf(patch.band_from)];
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
