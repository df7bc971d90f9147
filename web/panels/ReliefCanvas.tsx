"use client";

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import type { Ink } from "@/drawing/plot";
import { rayThrough, START, type Stance } from "@/relief/camera";
import { paintRelief, paneCamera, type Scene } from "@/relief/paint-relief";
import { paintMarks, type Marks } from "@/relief/paint-marks";
import { painterOf, type Painter } from "@/relief/painter";
import { spotUnder, type Spot } from "@/relief/sight";
import { signal, type Watched } from "@/session/signal";
import { Canvas, type Paint } from "@/ui/Canvas";
import { ink } from "@/ui/ink";
import { speak } from "@/ui/spoken";
import { onTurningKey, rise, TURNING_HELP, useTurning } from "./relief-turning";

interface Props {
  /** What it shows, for those who do not see it. */
  label: string;
  pane: { id: string; title: string };
  height: string;
  scene: (page: Ink) => Scene;
  marks: () => Marks;
  /** It is painted again whenever one of these changes; the same ones for its life. */
  watch: readonly Watched<unknown>[];
  /** And its marks as well whenever one of these does. */
  watchMarks: readonly Watched<unknown>[];
  /** What the pointer is over. */
  onSpot: (spot: Spot | null) => void;
  /** Keys that are not for turning. */
  onKey?: (event: KeyboardEvent) => void;
  /** Why there can be no relief, in words. */
  onTrouble: (words: string) => void;
}

const NO_WEBGL = "A relief needs WebGL 2, which this browser does not offer here.";
const LOST = "The relief was lost, as the browser took its graphics back. It can be chosen again.";

/** The values of a map as ground that can be turned. */
export function ReliefCanvas({
  label,
  pane,
  height,
  scene,
  marks,
  watch,
  watchMarks,
  onSpot,
  onKey,
  onTrouble,
}: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | null>(null);
  const [stance] = useState(() => signal<Stance>(START));
  const watched = useMemo(() => [...watch, stance], [watch, stance]);
  const watchedMarks = useMemo(() => [...watched, ...watchMarks], [watched, watchMarks]);
  usePainter(painter, onTrouble);
  useEffect(() => rise(stance), [stance]);
  useStanceSpoken(ref, stance);
  const onPoint = useCallback(
    (at: { x: number; y: number } | null) => {
      const [canvas, page] = [ref.current, ink.get()];
      if (!at || !canvas || !page || !painter.current) return onSpot(null);
      const camera = paneCamera(stance.get(), canvas.clientWidth, canvas.clientHeight, page.em);
      const { grid, ends } = scene(page);
      onSpot(spotUnder(painter.current.survey(grid, ends), rayThrough(camera, at.x, at.y)));
    },
    [stance, scene, onSpot],
  );
  useTurning(ref, stance, onPoint);
  useEffect(() => () => onSpot(null), [onSpot]);
  const paint = useCallback<Paint>(
    (context, width, height_px, page) => {
      if (!painter.current) return;
      paintRelief(context, painter.current, scene(page), stance.get(), { width, height: height_px }, page);
    },
    [stance, scene],
  );
  const paintMarked = useCallback<Paint>(
    (context, width, height_px, page) => {
      if (!painter.current || stance.get().risen < 1) return;
      const { grid, ends } = scene(page);
      const camera = paneCamera(stance.get(), width, height_px, page.em);
      paintMarks(context, painter.current.survey(grid, ends), camera, marks(), page);
    },
    [stance, scene, marks],
  );
  return (
    <>
      <div className="relative mt-1">
        <Canvas
          canvasRef={ref}
          pane={pane}
          label={`${label} ${TURNING_HELP}`}
          paint={paint}
          watch={watched}
          height={height}
          role="slider"
          tabIndex={0}
          aria-roledescription="relief"
          aria-valuemin={-180}
          aria-valuemax={180}
          onKeyDown={(event) => onTurningKey(event, stance) || onKey?.(event)}
          className="cursor-grab touch-pan-y rounded-sm active:cursor-grabbing"
        />
        <Canvas
          label=""
          aria-hidden
          paint={paintMarked}
          watch={watchedMarks}
          height={height}
          className="pointer-events-none absolute inset-0"
        />
      </div>
      <p aria-hidden className="pt-1 text-center text-xs text-soft">
        <span className="pointer-coarse:hidden">
          Drag to turn, pinch or Ctrl + wheel to come nearer, double click to go back.
        </span>
        <span className="pointer-fine:hidden">Drag to turn, pinch to come nearer, double tap to go back.</span>
      </p>
    </>
  );
}

function usePainter(painter: { current: Painter | null }, onTrouble: (words: string) => void): void {
  useLayoutEffect(() => {
    painter.current = painterOf(() => onTrouble(LOST));
    if (!painter.current) onTrouble(NO_WEBGL);
    return () => {
      painter.current?.drop();
      painter.current = null;
    };
    // A relief has one painter for its life, whoever is told.
  }, [painter]);
}

function useStanceSpoken(ref: { current: Element | null }, stance: Watched<Stance>): void {
  useLayoutEffect(() => {
    const say = () => speak(ref.current, { now: Math.round(stance.get().yaw_deg), text: wordsOf(stance.get()) });
    say();
    return stance.subscribe(say);
  }, [ref, stance]);
}

/** "24° from the left, 38° from above, 2.0 times nearer" */
function wordsOf({ yaw_deg, pitch_deg, near }: Stance): string {
  const side = Math.round(Math.abs(yaw_deg));
  const from = side === 0 ? "from the front" : `${side}° from the ${yaw_deg < 0 ? "left" : "right"}`;
  const nearness = near > 1 ? `, ${near.toFixed(1)} times nearer` : "";
  return `${from}, ${Math.round(pitch_deg)}° from above${nearness}`;
}
