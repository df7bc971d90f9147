"use client";

import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
} from "react";

import { channelGrid, type Channels } from "@/drawing/grid";
import { cellAt, cellBox, fittingMosaic, type Mosaic } from "@/drawing/mosaic";
import { atlasOf, paintMosaic } from "@/drawing/paint-mosaic";
import { number } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import type { HeardMap } from "@/session/layers";
import { looked, palette } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Canvas, type Paint } from "@/ui/Canvas";
import { ink } from "@/ui/ink";
import { channelColouring, type Scale } from "./channel-colours";

const CELLS = { most_px: 320, aspect: 1.9, gap_px: 6 };
const DESK_PX = 1024;
/** What a sheet has above and below the channels. */
const AROUND_PX = 260;

interface Props {
  heard: Heard;
  map: HeardMap;
  channels: Channels;
  scale: Scale;
  pinned: number;
  /** Channel numbers in the order in which they stand. */
  shown: number[];
  strength: Float32Array;
  onPin: (channel: number) => void;
}

/** All channels in one canvas; a press or an arrow key pins one. */
export function ChannelMosaic({ map, channels, scale, pinned, shown, strength, onPin }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const mosaic = useMemo(() => mosaicFor(shown.length, width), [shown, width]);
  const paint = usePaint(channels, scale, shown, mosaic);
  const place = shown.indexOf(pinned);
  const { name } = map.facts;
  const look = (event: PointerEvent) => looked.set(placeUnder(event.nativeEvent, mosaic, shown, channels, name));
  const onKeyDown = (event: KeyboardEvent) => {
    const next = placeAfter(event.key, place, mosaic.across, shown.length);
    if (next === null) return;
    event.preventDefault();
    onPin(shown[next] ?? 0);
  };
  return (
    <div ref={box} className="relative">
      <Canvas
        canvasRef={ref}
        pane={{ id: "channels", title: `${name}, all channels` }}
        label={`All ${channels.count} channels of ${name}. Arrow keys pin one.`}
        paint={paint}
        watch={WATCHED}
        height={`${mosaic.height_px}px`}
        role="slider"
        tabIndex={0}
        aria-valuemin={1}
        aria-valuemax={channels.count}
        aria-valuenow={place + 1}
        aria-valuetext={`channel ${pinned}, strength ${number(strength[pinned] ?? 0)}`}
        onKeyDown={onKeyDown}
        onPointerDown={look}
        onPointerMove={look}
        onPointerLeave={(event) => event.pointerType === "mouse" && looked.set(null)}
        onClick={(event) => {
          const under = cellAt(mosaic, shown.length, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
          if (under) onPin(shown[under.place] ?? 0);
        }}
        className="cursor-pointer touch-pan-y"
      />
      <Frame box={cellBox(mosaic, place)} />
      <HoverFrame mosaic={mosaic} shown={shown} name={name} />
    </div>
  );
}

const WATCHED = [palette] as const;

// Four beside each other on a phone; on a desk as large as all of them can be seen at once.
function mosaicFor(count: number, width_px: number): Mosaic {
  const least_px = width_px < 480 ? 66 : 104;
  const room_px = window.innerWidth < DESK_PX ? 0 : window.innerHeight - AROUND_PX;
  return fittingMosaic(count, width_px, room_px, { ...CELLS, least_px });
}

function usePaint(channels: Channels, scale: Scale, shown: number[], mosaic: Mosaic): Paint {
  const colours = useSignal(palette);
  const dark = useSignal(ink)?.dark ?? false;
  const atlas = useMemo(() => {
    return atlasOf(channels, (channel) => channelColouring(channels, channel, scale, dark));
    // The palette is read inside.
  }, [channels, scale, dark, colours]);
  return useCallback<Paint>(
    (context, width, _height, page) => {
      // A picture that is saved may have another width than the page.
      const fitting = Math.floor(width) === mosaic.width_px ? mosaic : mosaicFor(shown.length, width);
      paintMosaic(context, fitting, atlas, shown, page);
    },
    [atlas, mosaic, shown],
  );
}

function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 600)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

function placeUnder(event: MouseEvent, mosaic: Mosaic, shown: number[], channels: Channels, name: string) {
  const under = cellAt(mosaic, shown.length, event.offsetX, event.offsetY);
  if (!under) return null;
  const { rows, columns } = channelGrid(channels, 0);
  const row = Math.min(rows - 1, Math.floor((1 - under.v) * rows));
  return { name, channel: shown[under.place] ?? 0, row, column: Math.floor(under.u * columns) };
}

function placeAfter(key: string, place: number, across: number, count: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, place + step));
}

function Frame({ box }: { box: { x: number; y: number; width: number; height: number } }) {
  const style = {
    transform: `translate(${box.x - 3}px, ${box.y - 3}px)`,
    width: box.width + 6,
    height: box.height + 6,
  };
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-0 left-0 rounded-md border-2 border-accent"
      style={style}
    />
  );
}

function HoverFrame({ mosaic, shown, name }: { mosaic: Mosaic; shown: number[]; name: string }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const show = () => {
      const place = looked.get();
      const at = place?.name === name && place.channel !== undefined ? shown.indexOf(place.channel) : -1;
      if (!frame.current) return;
      frame.current.style.visibility = at >= 0 ? "visible" : "hidden";
      if (at < 0) return;
      const box = cellBox(mosaic, at);
      frame.current.style.transform = `translate(${box.x - 2}px, ${box.y - 2}px)`;
      frame.current.style.width = `${box.width + 4}px`;
      frame.current.style.height = `${box.height + 4}px`;
    };
    show();
    return looked.subscribe(show);
  }, [mosaic, shown, name]);
  return (
    <div
      ref={frame}
      aria-hidden
      className="pointer-events-none absolute top-0 left-0 rounded-[5px] border border-text/70"
    />
  );
}
