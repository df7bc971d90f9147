"use client";

import { useEffect, useRef } from "react";

import type { Heard } from "@/session/heard";
import { cursor, mode, view, type SpectrogramMode } from "@/session/session";
import { clock } from "@/drawing/words";
import { useSignal } from "@/session/signal";
import { dropFine, wishFine } from "@/sound/fine";
import { listening } from "@/sound/listening";
import { Button } from "@/ui/Button";
import { Choice, type Option } from "@/ui/Choice";
import { Palettes } from "./Palettes";
import { PaneHead } from "./PaneHead";
import { readingOf, SpectrogramCanvas } from "./SpectrogramCanvas";
import { TimeMarks } from "./TimeMarks";

const MODES: readonly Option<SpectrogramMode>[] = [
  { value: "network", title: "As the network sees it" },
  { value: "fine", title: "Fine" },
];

/**
 * Stays in sight while the layers scroll by, where there is room: what a place of a deep layer saw is shown on it. It
 * covers the marks of the page then, and has its own.
 */
export function Spectrogram({ heard }: { heard: Heard }) {
  const now = useSignal(mode);
  const playable = useSignal(listening).state === "ready";
  useFine(heard);
  return (
    <div className="relative z-30 mb-6 bg-paper pb-4 tall:sticky tall:top-0">
      <PaneHead title="Spectrogram" pane="spectrogram" note={<Reading heard={heard} />}>
        <WindowShown heard={heard} />
        {playable && <Choice label="Which spectrogram" value={now} options={MODES} onChange={mode.set} />}
        <Palettes />
      </PaneHead>
      <SpectrogramCanvas heard={heard} height="clamp(13rem, 30vh, 24rem)" />
      <TimeMarks />
    </div>
  );
}

/** Of a longer sound one window is looked into: the one that decided. */
function WindowShown({ heard }: { heard: Heard }) {
  if (heard.document.timeline.length < 2) return null;
  const { from_s, to_s } = heard.window;
  return (
    <Button look="plain" small onClick={() => view.set(heard.window)}>
      Zoom in on {clock(from_s)} to {clock(to_s)}, the window that decided
    </Button>
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
