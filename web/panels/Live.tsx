"use client";

import { useEffect, useState } from "react";

import { live } from "@/session/live";
import { useSignal } from "@/session/signal";
import { HeadlineText } from "./HeadlineText";

/** What it sounds like just now, in the place of the answer. */
export function Live() {
  const heard = useSignal(live);
  return (
    <>
      <div data-live aria-hidden>
        <HeadlineText headline={heard ?? LISTENING} />
      </div>
      <p role="status" className="sr-only">
        {useHeld(heard?.alone ?? "")}
      </p>
    </>
  );
}

const LISTENING = {
  emoji: "🎙️",
  title: "Listening",
  remark: "What it sounds like is named every second.",
  sure: false,
};

const HELD_MS = 2500;

/** Words that have stayed for a while: names that come and go would be read out one over the other. */
function useHeld(words: string): string {
  const [held, setHeld] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setHeld(words), HELD_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return held;
}
