"use client";

import { useCallback, useMemo } from "react";

import { describeMap } from "@/drawing/describe";
import type { Grid } from "@/drawing/grid";
import { colouringOf } from "@/drawing/range";
import { number } from "@/drawing/words";
import type { Ends } from "@/relief/ground";
import type { Marks } from "@/relief/paint-marks";
import { bandScale, timeScale, valueScale } from "@/relief/scales";
import type { Spot } from "@/relief/sight";
import type { Heard } from "@/session/heard";
import type { HeardMap } from "@/session/layers";
import { looked, palette } from "@/session/session";
import { ReliefCanvas } from "./ReliefCanvas";

const WATCHED = [palette] as const;
const WATCHED_MARKS = [looked] as const;

interface Props {
  heard: Heard;
  map: HeardMap;
  title: string;
  grid: Grid;
  /** What base and highest place stand for. */
  ends: Ends;
  /** Missing where it is the mean of all. */
  channel?: number;
  onTrouble: (words: string) => void;
}

/** One map as ground: the higher its values, the higher. */
export function ChannelRelief({ heard, map, title, grid, ends, channel, onTrouble }: Props) {
  const { name, channels, band_step } = map.facts;
  const scene = useCallback(
    ({ dark }: { dark: boolean }) => ({
      grid,
      ends,
      colouring: colouringOf(ends, palette.get(), dark),
      scales: {
        times: timeScale(heard.window),
        bands: bandScale(heard.document.spectrogram.hz, grid.rows * band_step),
        values: valueScale(ends, number),
      },
    }),
    [heard, grid, ends, band_step],
  );
  const marks = useCallback(() => marksOf(name, channel, grid), [name, channel, grid]);
  const onSpot = useCallback(
    (spot: Spot | null) => looked.set(spot && { name, channel, ...placeAt(spot, grid) }),
    [name, channel, grid],
  );
  return (
    <ReliefCanvas
      label={`Relief: ${describeMap(title, grid, heard.window, channel === undefined ? channels : 1)}`}
      pane={useMemo(() => ({ id: "channel", title }), [title])}
      height="var(--relief)"
      scene={scene}
      marks={marks}
      watch={WATCHED}
      watchMarks={WATCHED_MARKS}
      onSpot={onSpot}
      onTrouble={onTrouble}
    />
  );
}

function placeAt({ time, band }: Spot, { rows, columns }: Grid) {
  return {
    row: Math.min(rows - 1, Math.floor(band * rows)),
    column: Math.min(columns - 1, Math.floor(time * columns)),
  };
}

/** The place that is looked at. */
function marksOf(name: string, channel: number | undefined, { rows, columns }: Grid): Marks {
  const place = looked.get();
  if (place?.name !== name || place.channel !== channel) return {};
  const { row, column } = place;
  return {
    patch: [
      { time: column / columns, band: row / rows },
      { time: (column + 1) / columns, band: (row + 1) / rows },
    ],
  };
}
