"use client";

import { useCallback, useMemo } from "react";

import { describeSpectrogram } from "@/drawing/describe";
import { levelColouring } from "@/drawing/range";
import { spanOf, type View } from "@/drawing/view";
import { level } from "@/drawing/words";
import { cutOf, type Cut } from "@/relief/cut";
import type { Marks } from "@/relief/paint-marks";
import { bandScale, timeScale, valueScale } from "@/relief/scales";
import type { Spot } from "@/relief/sight";
import type { Heard } from "@/session/heard";
import { cursor, looked, mode, palette, selection, view } from "@/session/session";
import { fine } from "@/sound/fine";
import { listening, position } from "@/sound/listening";
import { patchSeen } from "./Patch";
import { ReliefCanvas } from "./ReliefCanvas";
import { hzAt, seenOf, shareOfHz, type Seen } from "./spectrogram-seen";
import { onTimeKey } from "./time-keys";

const WATCHED = [view, palette, mode, fine, listening] as const;
const WATCHED_MARKS = [position, cursor, selection, looked] as const;

interface Props {
  heard: Heard;
  height: string;
  onTrouble: (words: string) => void;
}

interface Land extends Cut {
  seen: Seen;
}

/** The spectrogram as ground: the louder, the higher. */
export function SpectrogramRelief({ heard, height, onTrouble }: Props) {
  const land = useMemo(() => surveyed(heard), [heard]);
  const scene = useCallback(() => {
    const { grid, placed, seen } = land();
    return {
      grid,
      ends: grid,
      colouring: levelColouring(grid, palette.get()),
      scales: {
        times: timeScale(placed),
        bands: bandScale(seen.centres_hz, seen.grid.rows),
        values: valueScale(grid, level, " dB"),
      },
    };
  }, [land]);
  const marks = useCallback(() => marksOf(heard, land()), [heard, land]);
  const onSpot = useCallback((spot: Spot | null) => point(land(), spot), [land]);
  return (
    <ReliefCanvas
      label={`Relief: ${describeSpectrogram(heard.spectrogram, heard.window, heard.document.spectrogram.hz)}`}
      pane={PANE}
      height={height}
      scene={scene}
      marks={marks}
      watch={WATCHED}
      watchMarks={WATCHED_MARKS}
      onSpot={onSpot}
      onKey={onTimeKey}
      onTrouble={onTrouble}
    />
  );
}

const PANE = { id: "spectrogram", title: "Spectrogram" };

/** What is in view of the spectrogram, cut anew when that is another part or another spectrogram. */
function surveyed(heard: Heard): () => Land {
  let shown: View | null = null;
  let land: Land | null = null;
  return () => {
    const seen = seenOf(heard);
    if (land && land.seen.grid === seen.grid && shown === view.get()) return land;
    shown = view.get();
    land = { ...cutOf(seen.grid, seen.placed, shown), seen };
    return land;
  };
}

function point({ placed, seen }: Land, spot: Spot | null): void {
  if (!spot) return cursor.set(null);
  cursor.set({ time_s: placed.from_s + spot.time * spanOf(placed), hz: hzAt(seen, 1 - spot.band) });
}

function marksOf(heard: Heard, { placed, seen }: Land): Marks {
  const time = (time_s: number) => (time_s - placed.from_s) / spanOf(placed);
  const held = (time_s: number) => Math.min(1, Math.max(0, time(time_s)));
  const [chosen, at, patch] = [selection.get(), cursor.get(), patchSeen(heard, seen)];
  const inView = patch && patch.to_s > placed.from_s && patch.from_s < placed.to_s;
  return {
    playhead: listening.get().state === "ready" ? time(position.get()) : undefined,
    selection: chosen ? [time(chosen.from_s), time(chosen.to_s)] : undefined,
    pointer: at
      ? { time: time(at.time_s), band: at.hz === undefined ? undefined : 1 - shareOfHz(seen, at.hz) }
      : undefined,
    patch: inView
      ? [
          { time: held(patch.from_s), band: 1 - patch.bottom },
          { time: held(patch.to_s), band: 1 - patch.top },
        ]
      : undefined,
  };
}
