"use client";

import dynamic from "next/dynamic";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Heard } from "@/session/heard";
import { headlineOf } from "@/session/headline";
import { rehearsal } from "@/session/rehearsal";
import { second } from "@/session/second";
import { heard, opened, recording } from "@/session/session";
import { useSignal } from "@/session/signal";
import { GivingUp, Opening } from "@/ui/Opening";
import { whenIdle } from "@/ui/idle";
import { persistently } from "@/ui/persistently";
import { Answer } from "./Answer";
import { Evidence } from "./Evidence";
import { Layers } from "./Layers";
import { Spectrogram } from "./Spectrogram";
import { TimeMarks } from "./TimeMarks";
import { Timeline } from "./Timeline";
import { Transport } from "./Transport";
import { Waveform } from "./Waveform";
import { WhileRecording } from "./WhileRecording";

const fetchCompareSheet = () => import("./CompareSheet").then((panel) => panel.CompareSheet);
const CompareSheet = dynamic(() => persistently(fetchCompareSheet), { ssr: false, loading: Opening });
const fetchChannelsSheet = () => import("./ChannelsSheet").then((panel) => panel.ChannelsSheet);
const ChannelsSheet = dynamic(() => persistently(fetchChannelsSheet), { ssr: false, loading: Opening });

// Laid out and painted, but of no height and there for nobody. Once all is there it is locked with the styles that it
// will have: changing what is inherited would work out those of every element anew.
const REHEARSING = "invisible contain-strict";
const REHEARSED = "contain-strict [content-visibility:hidden] not-supports-[content-visibility:hidden]:invisible";

/**
 * What was found. Before there is a sound all of it is there unseen, with one that nobody brought: the first real one
 * only changes what is shown.
 */
export function Results({ hurried }: { hurried: boolean }) {
  const found = useSignal(heard);
  const [rehearsed] = useState(rehearsal);
  const most = ABOVE_LAYERS + rehearsed.layers.length;
  const parts = useParts(found === null ? most : 0, hurried);
  const begun = found !== null;
  const compared = useSignal(second);
  const locked = !begun && parts > most;
  const box = useRef<HTMLDivElement>(null);
  // Asking where something in it is makes the browser lay it out all the same.
  useEffect(() => void (locked && box.current?.firstElementChild?.getBoundingClientRect()), [locked]);
  useLayoutEffect(() => {
    if (found) measurePaint();
  }, [found]);
  useLayoutEffect(() => {
    // The first result takes the place of the invitation; later ones leave a person where they look.
    if (begun) window.scrollTo({ top: 0, behavior: "instant" });
  }, [begun]);
  useLayoutEffect(() => {
    // Dropped or pasted from far below: another sound is looked at from its name on.
    const answer = box.current?.querySelector("section");
    if (begun && answer && answer.getBoundingClientRect().bottom < 0) answer.scrollIntoView();
  }, [begun, found?.source.blob]);
  useTitle(found);
  return (
    <>
      <Spoken found={found} />
      {found && compared && <CompareSheet heard={found} second={compared} />}
      <div ref={box} className={begun ? "" : locked ? REHEARSED : REHEARSING}>
        <Parts heard={found ?? rehearsed} parts={begun ? Infinity : parts} />
      </div>
    </>
  );
}

/** The answer for those who do not see it come: what is there before its words is read out when they change. */
function Spoken({ found }: { found: Heard | null }) {
  const headline = found && headlineOf(found.document, found.verdict);
  return (
    <p role="status" className="sr-only">
      {headline && `${found.source.name}: ${headline.alone}. ${headline.remark}`}
    </p>
  );
}

/** A tab among many says what was heard in it. */
function useTitle(found: Heard | null): void {
  useEffect(() => {
    const headline = found && headlineOf(found.document, found.verdict);
    if (!headline) return;
    const before = document.title;
    document.title = [...new Set([headline.alone, found.source.name]), "Audio-CNN"].join(" · ");
    return () => void (document.title = before);
  }, [found]);
}

/** Up to one more than `most`: another whenever there is nothing else to do, all of them once a sound is on its way. */
function useParts(most: number, hurried: boolean): number {
  const [parts, setParts] = useState(0);
  useEffect(() => {
    if (parts <= most) return whenIdle(() => setParts(hurried && parts < most ? most : parts + 1));
  }, [most, hurried, parts]);
  return parts;
}

const ABOVE_LAYERS = 4;

/** One below the other along one time axis, but for a long sound's layers: the first so many, each layer one. */
function Parts({ heard: shown, parts }: { heard: Heard; parts: number }) {
  const open = useSignal(opened) !== null;
  const recorded = useSignal(recording);
  return (
    <>
      {parts > 0 && (
        <WhileRecording seen={parts === Infinity}>
          <Answer key={shown.document.id} heard={shown} />
        </WhileRecording>
      )}
      <section
        aria-label="What the network saw"
        inert={recorded}
        className={`relative mt-10 sm:mt-14 ${recorded ? "opacity-25" : ""}`}
      >
        {parts > 1 && <Transport heard={shown} />}
        {parts > 1 && <Course heard={shown} />}
        {parts > 2 && <Spectrogram heard={shown} />}
        {parts > 3 && <Evidence heard={shown} />}
        {parts > ABOVE_LAYERS && <Layers heard={shown} most={parts - ABOVE_LAYERS} />}
      </section>
      {open && (
        <GivingUp value={close}>
          <ChannelsSheet heard={shown} />
        </GivingUp>
      )}
    </>
  );
}

const close = () => opened.set(null);

/** How the sound went. */
function Course({ heard: shown }: { heard: Heard }) {
  return (
    <div className="relative">
      <Waveform heard={shown} />
      {shown.document.timeline.length > 1 && <Timeline heard={shown} />}
      <TimeMarks />
    </div>
  );
}

// From the document's arrival to the frame in which all that is in sight is on the screen.
function measurePaint(): void {
  requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      performance.measure("document-to-painted", "document");
      painted.port1.close();
    };
    painted.port2.postMessage(null);
  });
}
