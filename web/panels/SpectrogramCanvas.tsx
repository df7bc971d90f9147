"use client";

import { useCallback, useRef, type KeyboardEvent, type RefObject } from "react";

import { describeSpectrogram } from "@/drawing/describe";
import { paintSpectrogram } from "@/drawing/paint-spectrogram";
import { plotOf, type Plot } from "@/drawing/plot";
import type { View } from "@/drawing/view";
import { decibel, hertz, seconds } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { cursor, heard as heardSignal, mode, palette, view } from "@/session/session";
import { fine, HIGHEST_HZ } from "@/sound/fine";
import { listening, playing } from "@/sound/listening";
import { Canvas, type Paint } from "@/ui/Canvas";
import { ink } from "@/ui/ink";
import { NOTHING_CHOSEN, speak, useSpoken } from "@/ui/spoken";
import { colouredLevels } from "./pictures";
import { Patch } from "./Patch";
import { hzAt, levelAt, seenOf, shareOfHz } from "./spectrogram-seen";
import { onTimeKey, READING_HELP, togglePlaying } from "./time-keys";
import { seekTo, useTimePointer, type Spot } from "./time-pointer";

const WATCHED = [view, palette, mode, fine, listening] as const;

interface Props {
  heard: Heard;
  height: string;
  /** A fixed stretch instead of the one in view. */
  fixed?: View;
}

/** Where the plot lies in a pane of this size. */
export function spectrogramPlot(width: number, height: number, em: number): Plot {
  return plotOf(width, height, em, { top: 2, bottom: em * 2 });
}

/** A spectrogram with its axes, and the patch that a looked-at place of a map saw. */
export function SpectrogramCanvas({ heard, height, fixed }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const paint = useCallback<Paint>(
    (context, width, height_px, ink) => {
      const seen = seenOf(heard, fixed);
      const plot = spectrogramPlot(width, height_px, ink.em);
      const { picture, colouring } = colouredLevels(seen.grid);
      paintSpectrogram(context, plot, { ...seen, picture, colouring, view: fixed ?? view.get() }, ink);
    },
    [heard, fixed],
  );
  return (
    <div className="relative">
      {fixed ? (
        <Canvas canvasRef={ref} label={describe(heard)} paint={paint} watch={WATCHED} height={height} />
      ) : (
        <Interactive heard={heard} canvasRef={ref} paint={paint} height={height} />
      )}
      <Patch heard={heard} canvas={ref} fixed={fixed} />
    </div>
  );
}

interface InteractiveProps {
  heard: Heard;
  canvasRef: RefObject<HTMLCanvasElement | null>;
  paint: Paint;
  height: string;
}

function Interactive({ heard, canvasRef, paint, height }: InteractiveProps) {
  useSpoken(canvasRef, NOTHING_CHOSEN, heard);
  useTimePointer(canvasRef, { onHover: (spot) => hover(canvasRef.current, spot) });
  return (
    <Canvas
      canvasRef={canvasRef}
      pane={{ id: "spectrogram", title: "Spectrogram" }}
      label={describe(heard)}
      aria-description={READING_HELP}
      paint={paint}
      watch={WATCHED}
      height={height}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={HIGHEST_HZ}
      onKeyDown={(event) => onKey(event, heard)}
      className="cursor-crosshair touch-pan-y rounded-sm"
    />
  );
}

function describe(heard: Heard): string {
  return describeSpectrogram(heard.spectrogram, heard.window, heard.document.spectrogram.hz);
}

function hover(canvas: HTMLCanvasElement | null, spot: Spot | null): void {
  const found = heardSignal.get();
  if (!spot || !found) return cursor.set(null);
  const plot = spectrogramPlot(canvas?.clientWidth ?? 1, spot.height, ink.get()?.em ?? 12);
  const share = Math.min(1, Math.max(0, (spot.y - plot.top) / plot.plot_height));
  cursor.set({ time_s: spot.time_s, hz: hzAt(seenOf(found), share) });
}

/** "1.24 s · 2.4 kHz · −18.3 dB" */
export function readingOf(heard: Heard): string {
  const now = cursor.get();
  if (now?.hz === undefined) return "";
  const level = levelAt(seenOf(heard), now.time_s, now.hz);
  return [seconds(now.time_s), hertz(now.hz), ...(level === null ? [] : [decibel(level)])].join(" · ");
}

function onKey(event: KeyboardEvent<HTMLCanvasElement>, heard: Heard): void {
  const move = MOVES[event.key];
  const now = cursor.get();
  if (event.key === "Enter" && now) return playFrom(now.time_s);
  if (!move || event.shiftKey) return onTimeKey(event);
  event.preventDefault();
  const seen = seenOf(heard);
  const step_s = (seen.placed.to_s - seen.placed.from_s) / Math.min(seen.grid.columns, 173);
  const share = shareOfHz(seen, now?.hz ?? 1000) - (move[1] * 2) / Math.min(seen.grid.rows, 128);
  const time_s = (now?.time_s ?? (view.get().from_s + view.get().to_s) / 2) + move[0] * step_s;
  cursor.set({
    time_s: Math.min(view.get().to_s, Math.max(view.get().from_s, time_s)),
    hz: hzAt(seen, Math.min(1, Math.max(0, share))),
  });
  speak(event.currentTarget, { now: Math.round(cursor.get()?.hz ?? 0), text: readingOf(heard) });
}

function playFrom(time_s: number): void {
  seekTo(time_s);
  if (!playing.get()) togglePlaying();
}

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
