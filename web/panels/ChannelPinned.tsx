"use client";

import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { describeMap } from "@/drawing/describe";
import { channelGrid, type Channels, type Grid } from "@/drawing/grid";
import { paintStrip } from "@/drawing/paint-strip";
import { pictureOf } from "@/drawing/picture";
import { plotOf } from "@/drawing/plot";
import { pixelsOf } from "@/drawing/raster";
import { number } from "@/drawing/words";
import { timeOfX } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { sharesOf, type HeardMap } from "@/session/layers";
import { channelShape, looked, palette, type ChannelShape, type Looked } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Canvas, type Paint } from "@/ui/Canvas";
import { Choice, type Option } from "@/ui/Choice";
import { ink } from "@/ui/ink";
import { NOTHING_CHOSEN, speak, useSpoken } from "@/ui/spoken";
import { SavePicture } from "./SavePicture";
import { channelColouring, rangeOf, type Scale } from "./channel-colours";
import { useWanted } from "./later";
import { placeReading } from "./maps";
import { placeAfter } from "./place-keys";

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

const SHAPES: readonly Option<ChannelShape>[] = [
  { value: "flat", title: "Flat" },
  { value: "relief", title: "Relief" },
  { value: "mean", title: "Relief of the mean" },
];
const fetchRelief = () => import("./reliefs").then((panel) => panel.ChannelRelief);

/** One channel enlarged, below the spectrogram and along the same time; or as a relief, as the mean of all can be. */
export function ChannelPinned({ heard, map, channels, scale, pinned, strength, rank }: Props) {
  const shape = useSignal(channelShape);
  const [trouble, setTrouble] = useState("");
  const Relief = useWanted(fetchRelief, shape !== "flat");
  const grid = useMemo(() => channelGrid(channels, pinned), [channels, pinned]);
  const ends = useMemo(() => (scale === "shared" ? rangeOf(channels) : grid), [channels, grid, scale]);
  const { name } = map.facts;
  const owner = sharesOf(heard.layers, name).find(({ from, to }) => from <= pinned && pinned <= to)?.member;
  const choose = (next: ChannelShape, why = "") => {
    setTrouble(why);
    channelShape.set(next);
  };
  const mean = shape === "mean";
  const title = mean ? `${name}, mean of all channels` : `${name}, channel ${pinned}`;
  const shown = mean ? { grid: map.grid, ends: map.grid } : { grid, ends, channel: pinned };
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pb-1.5">
        <p className="mr-auto text-sm">
          <span className="font-medium">{mean ? "Mean of all channels" : `Channel ${pinned}`}</span>
          {!mean && (
            <span className="text-soft">
              {owner && ` of ${owner}`} · strength {number(strength)}, number {rank} of {channels.count}
            </span>
          )}
        </p>
        <Choice label="Shape of the channel" value={shape} options={SHAPES} onChange={choose} />
        <SavePicture pane="channel" title={title} />
      </div>
      <p role="status" className="text-xs text-soft">
        {trouble}
      </p>
      {shape !== "flat" && Relief ? (
        <Relief heard={heard} map={map} title={title} {...shown} onTrouble={(why) => choose("flat", why)} />
      ) : (
        <FlatChannel heard={heard} map={map} channels={channels} scale={scale} pinned={pinned} grid={grid} />
      )}
      <Reading heard={heard} map={map} channels={channels} pinned={pinned} />
    </div>
  );
}

interface FlatProps extends Omit<Props, "strength" | "rank"> {
  grid: Grid;
}

function FlatChannel({ heard, map, channels, scale, pinned, grid }: FlatProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { name } = map.facts;
  const paint = useCallback<Paint>(
    (context, width, height, page) => {
      const colouring = { ...channelColouring(channels, pinned, scale, page.dark), min: grid.min, max: grid.max };
      const picture = pictureOf(pixelsOf(grid, colouring), grid.columns, grid.rows);
      paintStrip(
        context,
        plotOf(width, height, page.em),
        { picture, colouring, placed: heard.window, view: heard.window },
        page,
      );
    },
    [heard, channels, grid, pinned, scale],
  );
  useSpoken(ref, NOTHING_CHOSEN, pinned);
  const look = (event: PointerEvent<HTMLCanvasElement>) => looked.set(placeOn(event, heard, map, channels, pinned));
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const place = placeAfter(event.key, { ...channels, name, channel: pinned });
    if (!place) return;
    event.preventDefault();
    looked.set(place);
    speak(event.currentTarget, { now: place.column, text: placeReading(heard, place, grid) });
  };
  return (
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

interface ReadingProps {
  heard: Heard;
  map: HeardMap;
  channels: Channels;
  pinned: number;
}

/** What the place under the pointer says, of whichever channel it is, or of the mean. */
function Reading({ heard, map, channels, pinned }: ReadingProps) {
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const write = () => {
      const place = looked.get();
      if (!text.current) return;
      const of = place?.channel === undefined || place.channel === pinned ? "" : `Channel ${place.channel}: `;
      const grid = place?.channel === undefined ? map.grid : channelGrid(channels, place.channel);
      const words = place && of + placeReading(heard, place, grid);
      text.current.textContent = words || "Touch or move over a channel to read it and to see above what it sees.";
    };
    write();
    return looked.subscribe(write);
  }, [heard, map, channels, pinned]);
  return <p ref={text} data-reading="channel" className="min-h-9 pt-2 text-xs text-soft" />;
}
