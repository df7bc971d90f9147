"use client";

import { useMemo, useState } from "react";

import { fetchChannels } from "@/api/client";
import type { Trouble } from "@/api/trouble";
import { byStrength, channelsOf, strengths, type Channels } from "@/drawing/grid";
import { number } from "@/drawing/words";
import { analyseSound } from "@/session/analyse";
import { hasSound, type Heard } from "@/session/heard";
import { sharesOf, type HeardMap } from "@/session/layers";
import { channelShape, looked, opened } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Choice, type Option } from "@/ui/Choice";
import { Progress } from "@/ui/Progress";
import { Sheet } from "@/ui/Sheet";
import { ChannelMosaic } from "./ChannelMosaic";
import { ChannelPinned } from "./ChannelPinned";
import { SpectrogramCanvas } from "./SpectrogramCanvas";
import { SavePicture } from "./SavePicture";
import { SCALES, type Scale } from "./channel-colours";
import { useFetched } from "./fetched";
import { mapOf } from "./maps";

export type Order = "natural" | "strength";

const ORDERS: readonly Option<Order>[] = [
  { value: "natural", title: "Natural order" },
  { value: "strength", title: "Strongest first" },
];

/** Every channel of one map, over the page. */
export function ChannelsSheet({ heard }: { heard: Heard }) {
  const name = useSignal(opened);
  const map = name === null ? undefined : mapOf(heard, name);
  const close = () => {
    looked.set(null);
    opened.set(null);
  };
  const facts = map?.facts;
  return (
    <Sheet
      wide
      open={map !== undefined}
      onOpenChange={(open) => !open && close()}
      title={facts?.name ?? ""}
      description={
        facts && `${channelWords(heard, map)}, each ${map.grid.rows} × ${map.grid.columns} places; ${fieldWords(map)}`
      }
    >
      {map && !hasSound(heard.source) && <SoundMissing />}
      {map && hasSound(heard.source) && <Fetching key={`${heard.document.id} ${name}`} heard={heard} map={map} />}
    </Sheet>
  );
}

function channelWords(heard: Heard, { facts }: HeardMap): string {
  const shares = sharesOf(heard.layers, facts.name).map(({ member, from, to }) => `${from} to ${to} of ${member}`);
  return `${facts.channels} channels${shares.length > 0 ? ` (${shares.join(", ")})` : ""}`;
}

function fieldWords({ facts, grid }: HeardMap): string {
  const { field_bands, field_frames, band_step, frame_step } = facts;
  if (field_bands && field_frames) {
    const bands = Math.min(field_bands, Math.round(grid.rows * band_step));
    const frames = Math.min(field_frames, Math.round(grid.columns * frame_step));
    return `a place sees ${bands} bands × ${frames} columns of the spectrogram`;
  }
  return `a place stands for ${number(band_step)} bands × ${number(frame_step)} columns of the spectrogram`;
}

function Fetching({ heard, map }: { heard: Heard; map: HeardMap }) {
  const { name } = map.facts;
  const fetched = useFetched(`${heard.document.id} ${name}`, async (signal) =>
    channelsOf(await fetchChannels(heard.document.id, name, signal)),
  );
  if (fetched.state === "failed") return <Failed heard={heard} trouble={fetched.trouble} />;
  if (fetched.state === "waiting") {
    return <Progress value={null} label={`Fetching the channels of ${name}`} className="mx-8 my-12 h-1.5" />;
  }
  return <Browser heard={heard} map={map} channels={fetched.value} />;
}

function SoundMissing() {
  return (
    <p role="alert" className="px-5 py-8 text-sm sm:px-8">
      The channels are computed from the sound, which is not in this saved analysis. Bring the sound itself to see them.
    </p>
  );
}

/** The server keeps an analysis for minutes only; the sound itself is still here. */
function Failed({ heard, trouble }: { heard: Heard; trouble: Trouble }) {
  return (
    <div role="alert" className="px-5 py-8 sm:px-8">
      <p className="font-medium">{trouble.title}</p>
      <p className="mt-1 text-sm">{trouble.detail}</p>
      <p className="mt-1 mb-4 text-sm text-soft">{trouble.advice}</p>
      <Button look="filled" onClick={() => void analyseSound(heard.source)}>
        Analyse the sound again
      </Button>
    </div>
  );
}

interface BrowserProps {
  heard: Heard;
  map: HeardMap;
  channels: Channels;
}

function Browser({ heard, map, channels }: BrowserProps) {
  const strength = useMemo(() => strengths(channels), [channels]);
  const strongest = useMemo(() => byStrength(strength), [strength]);
  const natural = useMemo(() => [...strength.keys()], [strength]);
  const [order, setOrder] = useState<Order>("strength");
  const [scale, setScale] = useState<Scale>("own");
  const [pinned, setPinned] = useState(strongest[0] ?? 0);
  const shown = order === "strength" ? strongest : natural;
  // A relief leaves no room beside it on a phone.
  const stays = useSignal(channelShape) === "flat" ? "[@media(min-height:40rem)]:sticky" : "";
  const common = { heard, map, channels, scale, pinned };
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(26rem,38%)] lg:overflow-hidden">
      <div
        className={`z-10 ${stays} top-0 border-b border-line bg-paper px-5 pb-4 sm:px-8 [--channel:7rem] [--relief:15rem] [--seen:9rem] lg:static lg:order-2 lg:[--channel:30vh] lg:[--relief:34vh] lg:[--seen:30vh] lg:overflow-y-auto lg:border-b-0 lg:border-l lg:pt-1`}
      >
        <SpectrogramCanvas heard={heard} fixed={heard.window} height="var(--seen)" />
        <ChannelPinned {...common} strength={strength[pinned] ?? 0} rank={strongest.indexOf(pinned) + 1} />
      </div>
      <div className="min-h-0 px-5 pt-3 pb-8 sm:px-8 lg:overflow-y-auto lg:pt-1">
        <div className="flex flex-wrap gap-2 pb-4">
          <Choice label="Order" value={order} options={ORDERS} onChange={setOrder} />
          <Choice label="Colour scale" value={scale} options={SCALES} onChange={setScale} />
          <span className="ml-auto flex">
            <SavePicture pane={map.facts.name} title={`${map.facts.name}, mean of all channels`} />
            <SavePicture pane="channels" title={`${map.facts.name}, all channels`} />
          </span>
        </div>
        <ChannelMosaic {...common} shown={shown} strength={strength} onPin={setPinned} />
      </div>
    </div>
  );
}
