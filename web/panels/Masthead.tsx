"use client";

import dynamic from "next/dynamic";
import { useState, type MouseEvent } from "react";

import { goHome } from "@/session/analyse";
import { heard, request } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { GivingUp, Opening } from "@/ui/Opening";
import { persistently } from "@/ui/persistently";
import { useLater } from "./later";
import { Theme } from "./Theme";

// Not there at first: a moment later is soon enough.
const fetchTakeAway = () => import("./TakeAway").then((panel) => panel.TakeAway);
const fetchAbout = () => import("./About").then((panel) => panel.About);
const About = dynamic(() => persistently(fetchAbout), { ssr: false, loading: Opening });

// What this page holds, a recording above all, would be lost with it.
function stayHere(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  goHome();
}

/** Past all that a sound can be brought with. A link would have an entry of its own in the history. */
function toAnswer(): void {
  const answer = document.getElementById("answer");
  answer?.focus({ preventScroll: true });
  answer?.scrollIntoView();
}

export function Masthead() {
  const [about, setAbout] = useState(false);
  const found = useSignal(heard);
  const wanted = useSignal(request).state !== "idle";
  const TakeAway = useLater(fetchTakeAway, wanted);
  return (
    <header className="flex items-center gap-1.5 py-4 max-[22rem]:-mx-2 max-[22rem]:gap-0 sm:gap-2 sm:py-6">
      {found && (
        <Button
          look="filled"
          small
          onClick={toAnswer}
          className="absolute top-1 left-2 z-50 -translate-y-24 focus:translate-y-0"
        >
          To the answer
        </Button>
      )}
      <p className="mr-auto flex items-baseline gap-3">
        <a href="/" onClick={stayHere} className="font-serif text-2xl tracking-tight">
          Audio&#8209;CNN
        </a>
        <span className="hidden text-sm text-soft md:inline">hear a sound, name it, see why</span>
      </p>
      {TakeAway && (
        <div className={found ? "contents" : "hidden"}>
          <TakeAway heard={found} />
        </div>
      )}
      <Button look="plain" aria-label="About this model" onClick={() => setAbout(true)} className="!px-3">
        <Icon name="about" />
        <span className="hidden sm:inline">This model</span>
      </Button>
      <Theme />
      {about && (
        <GivingUp value={() => setAbout(false)}>
          <About open onOpenChange={setAbout} />
        </GivingUp>
      )}
    </header>
  );
}
