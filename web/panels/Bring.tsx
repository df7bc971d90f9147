"use client";

import { useEffect, useRef } from "react";

import { asked } from "@/session/address";
import { analyseLinked, analyseSound, returnTo } from "@/session/analyse";
import type { Heard } from "@/session/heard";
import { choose, findModels, useClasses } from "@/session/models";
import { heard } from "@/session/session";
import { useSignal } from "@/session/signal";
import { onReturn } from "@/session/visits";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Drop } from "./Drop";
import { Models } from "./Models";
import { Record } from "./Record";
import { Failed, UnderWay } from "./RequestState";
import { Samples } from "./Samples";
import { useFreeKeyboard } from "./free-keyboard";

/** All the ways in: drop, paste, pick, record, or one of the samples. */
export function Bring() {
  const first = useSignal(heard) === null;
  useLink();
  useFreeKeyboard();
  return (
    <section aria-label="Bring a sound" className={first ? "pt-6 sm:pt-14" : ""}>
      {first && <Welcome />}
      <Drop onFile={bring} inviting={first}>
        <div className={`group/ways flex flex-wrap items-center gap-2 ${first ? "justify-center" : ""}`}>
          <div className="contents group-has-data-recording/ways:hidden">
            <Pick />
          </div>
          <Record onSound={bring} />
          <div className="contents group-has-data-recording/ways:hidden">
            <Models />
          </div>
          {!first && (
            <p className="hidden text-xs text-soft group-has-data-recording/ways:hidden lg:block lg:pl-2">
              or drop or paste one anywhere
            </p>
          )}
          {!first && <UnderWay />}
        </div>
      </Drop>
      {first && <UnderWay tall />}
      <Failed />
      <Samples compact={!first} />
    </section>
  );
}

function Welcome() {
  const classes = useClasses();
  return (
    <div className="mx-auto max-w-3xl pb-8 text-center sm:pb-12">
      <h1 className="font-serif text-5xl leading-[1.02] tracking-tight text-balance sm:text-7xl">What does it hear?</h1>
      <p className="mx-auto mt-5 max-w-xl text-base text-balance text-soft sm:text-lg">
        Bring a sound. A small neural network names it among {classes}, says how sure it is, and shows everything it saw
        on the way.
      </p>
    </div>
  );
}

function Pick() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look="filled" onClick={() => input.current?.click()}>
        <Icon name="file" />
        Choose a file
      </Button>
      <input
        ref={input}
        type="file"
        accept="audio/*,video/*,.flac,.opus,.caf,.aiff,.au,.wma,.m4a"
        aria-label="Sound file"
        tabIndex={-1}
        className="sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) bring(file);
          // The same file can be chosen again.
          target.value = "";
        }}
      />
    </>
  );
}

function bring(file: Blob): void {
  const name = file instanceof File && file.name ? file.name : "Recording";
  void analyseSound({ name, blob: file });
}

/** ?sample=rain-24 opens that sample, ?model=mine asks that model; so do the browser's back and forward buttons. */
function useLink(): void {
  useEffect(() => {
    const { sample, model } = asked();
    const ready = findModels(model);
    if (sample) void analyseLinked(sample, ready);
    return onReturn(comeBack);
  }, []);
}

function comeBack(before: Heard | null): void {
  const { sample, model } = asked();
  if (before || !sample) return returnTo(before);
  choose(model);
  void analyseLinked(sample, Promise.resolve());
}
