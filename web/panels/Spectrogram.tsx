"use client";

import { useEffect, useRef, useState } from "react";

import { viewOfLayers, type Heard } from "@/session/heard";
import { cursor, mode, preferred, spectrogramShape, view, type Shape, type SpectrogramMode } from "@/session/session";
import { useSignal } from "@/session/signal";
import { dropFine, wishFine } from "@/sound/fine";
import { listening } from "@/sound/listening";
import { Choice, type Option } from "@/ui/Choice";
import { Icon, type IconName } from "@/ui/Icon";
import { FineDelayed } from "./FineDelayed";
import { Palettes } from "./Palettes";
import { PaneHead } from "./PaneHead";
import { useWanted } from "./later";
import { readingOf, SpectrogramCanvas } from "./SpectrogramCanvas";
import { TimeMarks } from "./TimeMarks";
import { WindowShown } from "./WindowShown";

const MODES: readonly Option<SpectrogramMode>[] = [
  { value: "network", title: "As the network sees it" },
  { value: "fine", title: "Fine" },
];

const SHAPES: readonly Option<Shape>[] = [
  { value: "flat", title: "Flat", face: <Face name="flat">Flat</Face> },
  { value: "relief", title: "Relief", face: <Face name="relief">Relief</Face> },
];
const fetchRelief = () => import("./reliefs").then((panel) => panel.SpectrogramRelief);

/** Stays in sight while the layers scroll by, where there is room: what a place of a deep layer saw is shown on it. */
export function Spectrogram({ heard }: { heard: Heard }) {
  const now = useSignal(mode);
  const playable = useSignal(listening).state === "ready";
  const shape = useSignal(spectrogramShape);
  const [trouble, setTrouble] = useState("");
  const Relief = useWanted(fetchRelief, shape === "relief");
  useFine(heard);
  const choose = (next: Shape, why = "") => {
    setTrouble(why);
    spectrogramShape.set(next);
  };
  return (
    <div className="relative z-30 mb-6 bg-paper pb-4 tall:sticky tall:top-0">
      <PaneHead title="Spectrogram" pane="spectrogram" note={<Reading heard={heard} />}>
        <FineDelayed />
        <WindowShown heard={heard} />
        {playable && <Choice label="Which spectrogram" value={now} options={MODES} onChange={show(heard)} />}
        <Choice label="Shape of the spectrogram" value={shape} options={SHAPES} onChange={choose} />
        <Palettes />
      </PaneHead>
      <p role="status" className="text-xs text-soft">
        {trouble}
      </p>
      {shape === "relief" && Relief ? (
        <Relief heard={heard} height="clamp(17rem, min(46vh, 60vw), 30rem)" onTrouble={(why) => choose("flat", why)} />
      ) : (
        <>
          <SpectrogramCanvas heard={heard} height="clamp(13rem, 30vh, 24rem)" />
          <TimeMarks />
        </>
      )}
    </div>
  );
}

/** The network saw one window: of a long sound, what is shown moves there, as anywhere else there would be nothing. */
function show(heard: Heard): (wanted: SpectrogramMode) => void {
  return (wanted) => {
    preferred.set(wanted);
    mode.set(wanted);
    if (wanted === "network") view.set(viewOfLayers(heard, view.get()));
  };
}

/** In words, or on a phone, which has no room for them, as a picture. */
function Face({ name, children }: { name: IconName; children: string }) {
  return (
    <>
      <Icon name={name} className="size-3.5 sm:hidden" />
      <span className="max-sm:hidden">{children}</span>
    </>
  );
}

/** Follows the pointer past React. */
function Reading({ heard }: { heard: Heard }) {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => text.current && (text.current.textContent = readingOf(heard));
    return cursor.subscribe(write);
  }, [heard]);
  return <span ref={text} data-reading="spectrogram" className="text-text" />;
}

function useFine(heard: Heard): void {
  const now = useSignal(mode);
  const sound = useSignal(listening);
  useEffect(() => {
    if (now !== "fine" || sound.state !== "ready") return;
    const wish = () => wishFine(sound.sound, view.get());
    wish();
    return view.subscribe(wish);
  }, [heard, now, sound]);
  useEffect(() => dropFine, []);
}
