"use client";

import { useEffect, useRef } from "react";

import { asked } from "@/session/address";
import { analyseLinked, analyseNothing, analyseSound, cancel, returnTo } from "@/session/analyse";
import type { Heard } from "@/session/heard";
import { choose, findModels, useClasses } from "@/session/models";
import { microphoneNotice } from "@/session/microphone-use";
import { keepMonitor, monitor } from "@/session/monitor";
import { compareAsAsked } from "@/session/second";
import { heard } from "@/session/session";
import { hearSeveral, several } from "@/session/several";
import { useSignal } from "@/session/signal";
import { asBrought, type Brought } from "@/session/sound-files";
import { holdUnsaved } from "@/session/unsaved";
import { isAsked, onReturn, visit } from "@/session/visits";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Drop } from "./Drop";
import { HeardBefore } from "./HeardBefore";
import { Listen } from "./Listen";
import { Models } from "./Models";
import { Record } from "./Record";
import { Failed, UnderWay } from "./RequestState";
import { Samples } from "./Samples";
import { WhileRecording } from "./WhileRecording";
import { useFreeKeyboard } from "./free-keyboard";
import { useWanted } from "./later";
import { openKept, openSaved } from "./opening";

/** All the ways in: drop, paste, pick, record, listen, or one of the samples. */
export function Bring() {
  const first = useSignal(heard) === null;
  const listening = useSignal(monitor)?.state === "listening";
  useLink();
  useFreeKeyboard();
  useEffect(keepMonitor, []);
  return (
    <section aria-label="Bring a sound" className={first ? "pt-6 sm:pt-14" : "print:hidden"}>
      {first && (
        <div className="pb-8 sm:pb-12">
          <WhileRecording className="justify-self-center">
            <Welcome />
          </WhileRecording>
        </div>
      )}
      <Drop onBrought={bring} inviting={first}>
        <div className={`group/ways flex flex-wrap items-center gap-2 ${first ? "justify-center text-center" : ""}`}>
          <div className="contents group-has-data-recording/ways:hidden">
            <Pick />
          </div>
          <Record onSound={bringRecording} />
          <Listen />
          <div className="contents group-has-data-recording/ways:hidden">
            <Models />
            <HeardBefore />
          </div>
          {!first && (
            <p className="hidden text-xs text-soft group-has-data-recording/ways:hidden lg:block lg:pl-2">
              or drop or paste some anywhere
            </p>
          )}
          {!first && <UnderWay />}
          <Notice />
        </div>
      </Drop>
      {first && !listening && <UnderWay tall />}
      <Failed />
      <Together />
      <Noted />
      <Samples compact={!first} />
    </section>
  );
}

function Welcome() {
  const classes = useClasses();
  return (
    <div className="mx-auto max-w-3xl text-center">
      <h1 className="font-serif text-5xl leading-[1.02] tracking-tight text-balance sm:text-7xl">What does it hear?</h1>
      <p className="mx-auto mt-5 max-w-xl text-base text-balance text-soft sm:text-lg">
        Bring a sound. A small neural network names it among {classes}, says how sure it is, and shows everything it saw
        on the way.
      </p>
    </div>
  );
}

/** Why there is no microphone, below the buttons that want one. */
function Notice() {
  const notice = useSignal(microphoneNotice);
  return (
    notice && (
      <p role="alert" className="basis-full text-sm text-accent [text-align:inherit]">
        {notice}
      </p>
    )
  );
}

function Pick() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button data-pick look="filled" onClick={() => input.current?.click()}>
        <Icon name="file" />
        Choose files
      </Button>
      <input
        ref={input}
        type="file"
        accept="audio/*,video/*,.flac,.opus,.caf,.aiff,.au,.wma,.m4a,.json"
        aria-label="Sound file"
        multiple
        hidden
        onChange={({ target }) => {
          if (target.files?.length) bring(asBrought(target.files));
          // The same file can be chosen again.
          target.value = "";
        }}
      />
    </>
  );
}

/** The first is looked into; of several, all are named. */
function bring(brought: Brought[]): void {
  const sounds = brought.filter(({ name }) => !/\.json$/i.test(name));
  const [sound, saved] = [sounds[0], brought[0]];
  if (sound) void analyseSound({ name: sound.name || "Recording", blob: sound.file });
  else if (saved) openSaved(saved.file);
  else analyseNothing();
  if (sounds.length > 1) hearSeveral(sounds);
}

const fetchSeveral = () => import("./Several").then((panel) => panel.Several);

function Together() {
  const Several = useWanted(fetchSeveral, useSignal(several) !== null);
  return Several && <Several />;
}

const fetchPassages = () => import("./Passages").then((panel) => panel.Passages);

function Noted() {
  const Passages = useWanted(fetchPassages, useSignal(monitor) !== null);
  return Passages && <Passages />;
}

function bringRecording(blob: Blob): void {
  holdUnsaved(blob);
  void analyseSound({ name: "Recording", blob });
}

/** A link opens a sample or a sound that is kept here, with a model or beside a second one; so do Back and Forward. */
function useLink(): void {
  useEffect(() => {
    const ready = findModels(asked().model);
    compareAsAsked();
    open(ready);
    return onReturn(comeBack);
  }, []);
}

function open(ready: Promise<void>): boolean {
  const { sample, heard: kept } = asked();
  if (sample) void analyseLinked(sample, ready);
  else if (kept) openKept(kept, "what was heard", ready);
  return Boolean(sample ?? kept);
}

function comeBack(before: Heard | null): void {
  compareAsAsked();
  const found = heard.get();
  // A comparison is left, or opened again; after a reload the sound that is asked for may be there all the same.
  if (found && (before ? before === found : isAsked(found))) {
    cancel();
    return visit(found);
  }
  if (before) return returnTo(before);
  choose(asked().model);
  if (!open(Promise.resolve())) returnTo(null);
}
