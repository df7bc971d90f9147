"use client";

import { useCallback, useEffect, useRef, type KeyboardEvent, type PointerEvent } from "react";

import { describeMap } from "@/drawing/describe";
import { channelGrid, type Channels } from "@/drawing/grid";
import { paintStrip } from "@/drawing/paint-strip";
import { pictureOf } from "@/drawing/picture";
import { plotOf } from "@/drawing/plot";
import { pixelsOf } from "@/drawing/raster";
import { number } from "@/drawing/words";
import { timeOfX } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { sharesOf, type HeardMap } from "@/session/layers";
import { looked, palette, type Looked } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import { ink } from "@/ui/ink";
import { NOTHING_CHOSEN, speak, useSpoken } from "@/ui/spoken";
import { SavePicture } from "./SavePicture";
import { channelColouring, type Scale } from "./channel-colours";
import { placeReading } from "./maps";

interface Props {
  heard: Heard;
  map: HeardMap;
  channels: Channels;
  scale: Scale;
  pinned: number;
  strength: number;
  rank: number;
}

const WATCHED = [palette] as const;

/** One channel enlarged, below the spectrogram and along the same time. */
export function ChannelPinned({ heard, map, channels, scale, pinned, strength, rank }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const grid = channelGrid(channels, pinned);
  const { name } = map.facts;
  const owner = sharesOf(heard.layers, name).find(({ from, to }) => from <= pinned && pinned <= to)?.member;
  const paint = useCallback<Paint>(
    (context, width, height, page) => {
      const one = channelGrid(channels, pinned);
      const colouring = { ...channelColouring(channels, pinned, scale, page.dark), min: one.min, max: one.max };
      const picture = pictureOf(pixelsOf(one, colouring), one.columns, one.rows);
      paintStrip(
        context,
        plotOf(width, height, page.em),
        { picture, colouring, placed: heard.window, view: heard.window },
        page,
      );
    },
    [heard, channels, pinned, scale],
  );
  useSpoken(ref, NOTHING_CHOSEN, pinned);
  const look = (event: PointerEvent<HTMLCanvasElement>) => looked.set(placeOn(event, heard, map, channels, pinned));
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const place = placeAfter(event.key, name, channels, pinned);
    if (!place) return;
    event.preventDefault();
    looked.set(place);
    speak(event.currentTarget, { now: place.column, text: placeReading(heard, place, grid) });
  };
  return (
    <div>
      <div className="flex items-center justify-between pb-1.5">
        <p className="text-sm">
          <span className="font-medium">Channel {pinned}</span>
          <span className="text-soft">
            {owner && ` of ${owner}`} · strength {number(strength)}, number {rank} of {channels.count}
          </span>
        </p>
        <SavePicture pane="channel" title={`${name}, channel ${pinned}`} />
      </div>
      <Canvas
        canvasRef={ref}
        pane={{ id: "channel", title: `${name}, channel ${pinned}` }}
        label={`${describeMap(`${name}, channel ${pinned}`, grid, heard.window)} Arrow keys read place by place.`}
        paint={paint}
        watch={WATCHED}
        height="var(--channel)"
        onPointerDown={look}
        onPointerMove={look}
        onPointerLeave={(event) => event.pointerType === "mouse" && looked.set(null)}
        role="slider"
        tabIndex={0}
        aria-valuemin={0}
        aria-valuemax={channels.columns - 1}
        onKeyDown={onKeyDown}
        onBlur={() => looked.set(null)}
        className="cursor-crosshair touch-pan-y rounded-sm"
      />
      <Reading heard={heard} channels={channels} pinned={pinned} />
    </div>
  );
}

function placeOn(
  { currentTarget: canvas, nativeEvent: { offsetX, offsetY } }: PointerEvent<HTMLCanvasElement>,
  heard: Heard,
  map: HeardMap,
  channels: Channels,
  channel: number,
): Looked | null {
  const plot = plotOf(canvas.clientWidth, canvas.clientHeight, ink.get()?.em ?? 12);
  const { from_s, to_s } = heard.window;
  const share = (timeOfX(heard.window, offsetX, plot.left, plot.plot_width) - from_s) / (to_s - from_s);
  if (share < 0 || share >= 1) return null;
  const from_bottom = 1 - offsetY / canvas.clientHeight;
  const row = Math.min(channels.rows - 1, Math.max(0, Math.floor(from_bottom * channels.rows)));
  return { name: map.facts.name, channel, row, column: Math.floor(share * channels.columns) };
}

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
};

function placeAfter(key: string, name: string, { rows, columns }: Channels, channel: number): Looked | null {
  const move = MOVES[key];
  if (!move) return null;
  const before = looked.get();
  const from = before?.name === name && before.channel === channel ? before : { row: rows >> 1, column: columns >> 1 };
  const within = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  return { name, channel, row: within(from.row + move[0], rows), column: within(from.column + move[1], columns) };
}

/** What the place under the pointer says, of whichever channel it is. */
function Reading({ heard, channels, pinned }: { heard: Heard; channels: Channels; pinned: number }) {
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const write = () => {
      const place = looked.get();
      if (!text.current) return;
      const of = place?.channel === undefined || place.channel === pinned ? "" : `Channel ${place.channel}: `;
      const words =
        place && place.channel !== undefined
          ? of + placeReading(heard, place, channelGrid(channels, place.channel))
          : "";
      text.current.textContent = words || "Touch or move over a channel to read it and to see above what it sees.";
    };
    write();
    return looked.subscribe(write);
  }, [heard, channels, pinned]);
  return <p ref={text} data-reading="channel" className="min-h-9 pt-2 text-xs text-soft" />;
}
