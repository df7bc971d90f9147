"use client";

import { useCallback, useEffect, useRef } from "react";

import { describeWaveform } from "@/drawing/describe";
import { envelopeOf, resampled } from "@/drawing/envelope";
import { paintWaveform } from "@/drawing/paint-waveform";
import { plotOf } from "@/drawing/plot";
import { clock } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { cursor, view } from "@/session/session";
import { listening, position } from "@/sound/listening";
import { Canvas, type Paint } from "@/ui/Canvas";
import { PaneHead } from "./PaneHead";
import { KEYS_HELP, onTimeKey } from "./time-keys";
import { useTimePointer } from "./time-pointer";

const WATCHED = [view, listening] as const;

export function Waveform({ heard }: { heard: Heard }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const paint = usePaint(heard);
  useTimePointer(ref, { onHover: (spot) => cursor.set(spot && { time_s: spot.time_s }), wheel: true });
  const { envelope, document } = heard;
  useSpokenPosition(ref, document.duration_s);
  return (
    <div className="pb-8">
      <PaneHead
        title="Waveform"
        pane="waveform"
        note={<span className="hidden lg:inline">click to jump, drag to select, wheel or pinch to zoom</span>}
      />
      <Canvas
        canvasRef={ref}
        pane={{ id: "waveform", title: "Waveform" }}
        label={describeWaveform(envelope.high, envelope.low, document.duration_s)}
        aria-description={KEYS_HELP}
        paint={paint}
        watch={WATCHED}
        height="9.5rem"
        role="slider"
        tabIndex={0}
        aria-valuemin={0}
        aria-valuemax={document.duration_s}
        aria-valuenow={0}
        onKeyDown={onTimeKey}
        className="cursor-text touch-pan-y rounded-sm"
      />
    </div>
  );
}

function usePaint(heard: Heard): Paint {
  return useCallback(
    (context, width, height, ink) => {
      const plot = plotOf(width, height, ink.em, { bottom: ink.em * 2 });
      const { from_s, to_s } = view.get();
      const columns = Math.round(plot.plot_width * (window.devicePixelRatio || 1));
      const now = listening.get();
      const { duration_s } = heard.document;
      const envelope =
        now.state === "ready"
          ? envelopeOf(now.sound, from_s, to_s, columns)
          : resampled(heard.envelope, duration_s, from_s, to_s, columns);
      paintWaveform(context, plot, { ...heard, envelope, view: { from_s, to_s }, duration_s }, ink);
    },
    [heard],
  );
}

// A screen reader hears where the playhead stands when it has stopped moving, not sixty times a second.
function useSpokenPosition(ref: { current: HTMLCanvasElement | null }, duration_s: number): void {
  useEffect(() => {
    let timer = 0;
    const write = () => {
      ref.current?.setAttribute("aria-valuenow", position.get().toFixed(2));
      ref.current?.setAttribute("aria-valuetext", clock(position.get(), duration_s));
    };
    write();
    const stop = position.subscribe(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(write, 120);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [ref, duration_s]);
}
