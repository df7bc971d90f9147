"use client";

import { useLayoutEffect, useRef, type CanvasHTMLAttributes, type RefObject } from "react";

import type { Context } from "@/drawing/picture";
import type { Ink } from "@/drawing/plot";
import { never, soon } from "./frame";
import { ink } from "./ink";
import { keepPane } from "./panes";
import { watchSize } from "./sizes";

export type Paint = (context: Context, width: number, height: number, ink: Ink) => void;

interface Props extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, "height"> {
  /** What the picture shows, for those who do not see it. */
  label: string;
  paint: Paint;
  /** Painted again whenever one of these changes. */
  watch?: readonly { subscribe: (listener: () => void) => () => void }[];
  /** CSS height. */
  height: string;
  canvasRef?: RefObject<HTMLCanvasElement | null>;
  /** Can be saved as a picture under this title. */
  pane?: { id: string; title: string };
}

interface Size {
  width: number;
  height: number;
}

/** A canvas as sharp as the screen, painted at most once a frame, and first where it is seen. */
export function Canvas({ label, paint, watch = [], height, canvasRef, pane, className = "", ...rest }: Props) {
  const own = useRef<HTMLCanvasElement>(null);
  const ref = canvasRef ?? own;
  const latest = useRef(paint);
  const size = useRef({ width: 0, height: 0 });
  const draw = useRef(() => drawOn(ref.current, size.current, latest.current)).current;

  useLayoutEffect(() => {
    latest.current = paint;
    soon(draw, ref.current);
  }, [paint, draw, ref]);

  useLayoutEffect(() => {
    // Sizes arrive after layout and before paint of the same frame: nothing has to be measured.
    const fit = (width: number, height: number) => {
      size.current = { width, height };
      fitTo(ref.current, size.current);
    };
    const stops = [ink, ...watch].map((one) => one.subscribe(() => soon(draw, ref.current)));
    if (ref.current) stops.push(watchSize(ref.current, { fit, paint: draw }));
    return () => {
      never(draw);
      for (const stop of stops) stop();
    };
    // The watched signals of a canvas stay the same for its life.
  }, [draw, ref]);

  useLayoutEffect(() => pane && keepPane({ ...pane, canvas: ref, paint: latest }), [pane?.id, pane?.title, ref]);

  return (
    <canvas
      ref={ref}
      role="img"
      aria-label={label}
      className={`block w-full -outline-offset-2 ${className}`}
      style={{ height }}
      {...rest}
    />
  );
}

function drawOn(canvas: HTMLCanvasElement | null, { width, height }: Size, paint: Paint): void {
  const colours = ink.get();
  if (!canvas || !colours || width === 0 || height === 0) return;
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = fitTo(canvas, { width, height });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  paint(context, width, height, colours);
}

/** As many pixels as the screen has; gives how many there are to a CSS pixel. */
function fitTo(canvas: HTMLCanvasElement | null, size: Size): number {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  // Setting a size clears and reallocates, even to the same size.
  if (canvas && canvas.width !== width) canvas.width = width;
  if (canvas && canvas.height !== height) canvas.height = height;
  return scale;
}
