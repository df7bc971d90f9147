"use client";

import { useCallback, useEffect, useRef, type ReactNode } from "react";

import { describeMap } from "@/drawing/describe";
import type { Grid } from "@/drawing/grid";
import { paintStrip } from "@/drawing/paint-strip";
import { plotOf } from "@/drawing/plot";
import { isLong, type Heard } from "@/session/heard";
import { placeOf, type HeardMap, type Layer } from "@/session/layers";
import { cursor, layersView, looked, opened, palette } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import { Icon } from "@/ui/Icon";
import { placeReading, windowWords } from "./maps";
import { colouredMap } from "./pictures";
import { useTimePointer, type Spot } from "./time-pointer";

const WATCHED = [layersView, palette] as const;

/** A layer at its time; a press opens all of its channels. */
export function MainStrip({ heard, layer }: { heard: Heard; layer: Layer }) {
  const { main } = layer;
  const { name, channels } = main.facts;
  return (
    <div>
      <div className="relative z-20 flex items-baseline gap-3 bg-paper pb-1 text-xs text-soft">
        <h3 className="contents">
          <Opener map={main} className="min-h-7 gap-2 text-sm">
            <span className="font-medium text-text group-hover:underline group-hover:underline-offset-4">{name}</span>{" "}
            <span className="text-soft">
              {channels} channels, {main.grid.rows} × {main.grid.columns}
            </span>
            <span className="sr-only">: open all</span>
            <Icon name="open" className="size-3 self-center opacity-60 group-hover:opacity-100" />
          </Opener>
        </h3>
        <Reading heard={heard} layer={layer} />
      </div>
      <StripCanvas heard={heard} map={main} height="4.25rem" />
    </div>
  );
}

/** What a block inside a layer gave: its name beside it where there is room, else above. */
export function InnerStrip({ heard, map }: { heard: Heard; map: HeardMap }) {
  const { block, part } = placeOf(map.facts);
  return (
    <div className="relative">
      <Opener
        map={map}
        className="relative z-20 min-h-6 gap-1 bg-paper pr-1.5 text-xs text-soft md:absolute md:inset-y-0 md:left-0 md:min-h-0 md:flex-col md:justify-center md:gap-0 md:text-[0.68rem] md:leading-[1.15]"
      >
        <span className="group-hover:underline">{block}</span> <span className="group-hover:underline">{part}</span>
        <span className="sr-only">
          : open all {map.facts.channels} channels of {map.facts.name}
        </span>
      </Opener>
      <StripCanvas heard={heard} map={map} height="1.9rem" />
    </div>
  );
}

function Opener({ map, className, children }: { map: HeardMap; className: string; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={() => opened.set(map.facts.name)}
      className={`group tall:scroll-mt-[34rem] inline-flex items-baseline ${className}`}
    >
      {children}
    </button>
  );
}

function StripCanvas({ heard, map, height }: { heard: Heard; map: HeardMap; height: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { name, channels } = map.facts;
  const paint = useCallback<Paint>(
    (context, width, height_px, ink) => {
      const strip = { ...colouredMap(map.grid, ink.dark), placed: heard.window, view: layersView.get() };
      paintStrip(context, plotOf(width, height_px, ink.em), strip, ink);
    },
    [heard, map],
  );
  useTimePointer(ref, {
    axis: layersView,
    onHover: (spot) => look(heard, name, map.grid, spot),
    onClick: () => opened.set(name),
  });
  return (
    <Canvas
      canvasRef={ref}
      pane={{ id: name, title: isLong(heard) ? `${name}, in ${windowWords(heard)}` : name }}
      label={describeMap(name, map.grid, heard.window, channels)}
      paint={paint}
      watch={WATCHED}
      height={height}
      className="cursor-zoom-in touch-pan-y"
    />
  );
}

/** What is under the pointer, for all who show it. */
export function look(heard: Heard, name: string, { rows, columns }: Grid, spot: Spot | null): void {
  cursor.set(spot && { time_s: spot.time_s });
  const { from_s, to_s } = heard.window;
  if (!spot || spot.time_s < from_s || spot.time_s >= to_s) return looked.set(null);
  const column = Math.floor(((spot.time_s - from_s) / (to_s - from_s)) * columns);
  const row = Math.min(rows - 1, Math.max(0, Math.floor((1 - spot.y / spot.height) * rows)));
  const before = looked.get();
  if (before?.name === name && before.row === row && before.column === column) return;
  looked.set({ name, row, column });
}

/** Reads whichever map of the layer is under the pointer. */
function Reading({ heard, layer }: { heard: Heard; layer: Layer }) {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const maps = [layer.main, ...layer.inside];
    const write = () => {
      const place = looked.get();
      const map = place?.channel === undefined ? maps.find(({ facts }) => facts.name === place?.name) : undefined;
      const prefix = map?.facts.inner ? `${map.facts.inner}: ` : "";
      const words = map && place ? prefix + placeReading(heard, place, map.grid) : "";
      if (text.current && text.current.textContent !== words) text.current.textContent = words;
    };
    return looked.subscribe(write);
  }, [heard, layer]);
  return <span ref={text} data-reading={layer.name} className="ml-auto truncate text-text" />;
}
