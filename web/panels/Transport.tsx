"use client";

import { useEffect, useRef, type MouseEvent } from "react";

import { following, isSeen, isWhole, spanOf, type View } from "@/drawing/view";
import { clock } from "@/drawing/words";
import { analyseStretch } from "@/session/analyse";
import { hasSound, type Heard } from "@/session/heard";
import { selection, view } from "@/session/session";
import { useSignal } from "@/session/signal";
import { currentPlayer, listening, mute, playing, position } from "@/sound/listening";
import { Button } from "@/ui/Button";
import { handOn } from "@/ui/hand-on";
import { Icon } from "@/ui/Icon";
import { paneOf } from "@/ui/panes";
import { togglePlaying, zoom } from "./time-keys";
import { clearSelection } from "./time-pointer";

export function Transport({ heard }: { heard: Heard }) {
  useKeptInSight(heard.whole);
  return (
    <div className="relative z-20 flex flex-wrap items-center gap-x-3 gap-y-2 bg-paper sm:gap-x-4 pb-3 print:hidden">
      {hasSound(heard.source) ? <Play /> : <SoundMissing />}
      <Clock duration_s={heard.document.duration_s} />
      <Selected duration_s={heard.document.duration_s} />
      <Zoom heard={heard} />
    </div>
  );
}

/** A zoomed view turns the page when the playhead leaves it. Who looks elsewhere meanwhile is left there. */
function useKeptInSight(whole: View): void {
  useEffect(() => {
    let before_s = position.get();
    const follow = () => view.set(following(view.get(), whole, position.get()));
    const stops = [
      playing.subscribe(() => playing.get() && follow()),
      position.subscribe(() => {
        if (playing.get() && isSeen(before_s, view.get())) follow();
        before_s = position.get();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [whole]);
}

function Play() {
  const now = useSignal(listening);
  const runs = useSignal(playing);
  const held = useSignal(selection);
  const silent = useSignal(mute);
  useSpaceBar();
  if (now.state === "impossible") {
    return (
      <p className="max-w-md text-sm text-soft">
        This browser cannot play this format. The analysis below is complete all the same.
      </p>
    );
  }
  const name = runs ? "Pause" : held ? "Play selection" : "Play";
  return (
    <>
      <Button
        look="filled"
        aria-label={name}
        title={`${name} (space)`}
        disabled={now.state !== "ready"}
        onClick={togglePlaying}
        className="size-12 !px-0"
      >
        <Icon name={runs ? "pause" : "play"} />
      </Button>
      {silent && (
        <p role="alert" className="text-sm text-accent">
          No sound output was found. Connect headphones or a speaker, then play again.
        </p>
      )}
    </>
  );
}

function SoundMissing() {
  return (
    <p className="max-w-md text-sm text-soft">
      This is a saved analysis without its sound: all of it is to be seen, nothing to be heard.
    </p>
  );
}

/** Space plays wherever nothing else has the keyboard. */
function useSpaceBar(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== " " || event.target !== document.body || !currentPlayer()) return;
      event.preventDefault();
      if (!event.repeat) togglePlaying();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** Rewritten in every frame while playing, past React. */
function Clock({ duration_s }: { duration_s: number }) {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => text.current && (text.current.textContent = clock(position.get(), duration_s));
    write();
    return position.subscribe(write);
  }, [duration_s]);
  return (
    <p className="text-sm whitespace-nowrap text-soft">
      <span ref={text} data-clock className="text-text" /> of {clock(duration_s)}
    </p>
  );
}

const SHORTEST_SOUND_S = 0.1;

function Selected({ duration_s }: { duration_s: number }) {
  const held = useSignal(selection);
  const ready = useSignal(listening).state === "ready";
  if (!held) return null;
  return (
    <p className="flex flex-wrap items-center gap-1.5 text-sm text-soft" data-selection>
      <span>
        {clock(held.from_s, duration_s)} to {clock(held.to_s, duration_s)}
      </span>
      <Button look="plain" small onClick={() => view.set(spanOf(held) > 0.02 ? held : view.get())}>
        Zoom in on it
      </Button>
      {ready && spanOf(held) >= SHORTEST_SOUND_S && (
        <Button look="plain" small onClick={(event) => leave(event, () => analyseStretch(held))}>
          Analyse only this
        </Button>
      )}
      <Button look="plain" small onClick={(event) => leave(event, clearSelection)}>
        Clear
      </Button>
    </p>
  );
}

/** Acts, with the keyboard at the waveform: these buttons go with the selection. */
function leave(event: MouseEvent, act: () => void): void {
  handOn(event, paneOf("waveform")?.canvas.current);
  act();
}

function Zoom({ heard }: { heard: Heard }) {
  const whole = isWhole(useSignal(view), heard.whole);
  return (
    <div role="group" aria-label="Zoom" className="ml-auto flex gap-0.5">
      <Button
        look="plain"
        aria-label="Zoom out"
        className="!px-2.5 sm:!px-3"
        aria-disabled={whole}
        onClick={() => zoom(heard.whole, 2)}
      >
        <Icon name="farther" />
      </Button>
      <Button
        look="plain"
        aria-label="Show everything"
        className="!px-2.5 sm:!px-3"
        aria-disabled={whole}
        onClick={() => view.set(heard.whole)}
      >
        <Icon name="whole" />
      </Button>
      <Button look="plain" aria-label="Zoom in" className="!px-2.5 sm:!px-3" onClick={() => zoom(heard.whole, 0.5)}>
        <Icon name="closer" />
      </Button>
    </div>
  );
}
