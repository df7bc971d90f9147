"use client";

import dynamic from "next/dynamic";
import { useLayoutEffect } from "react";

import type { Heard } from "@/session/heard";
import { opened } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Answer } from "./Answer";
import { Layers } from "./Layers";
import { Spectrogram } from "./Spectrogram";
import { TimeMarks } from "./TimeMarks";
import { Timeline } from "./Timeline";
import { Transport } from "./Transport";
import { Waveform } from "./Waveform";

const ChannelsSheet = dynamic(() => import("./ChannelsSheet").then((panel) => panel.ChannelsSheet), { ssr: false });

/** Everything about the sound that was heard, one below the other along one time axis. */
export function Results({ heard: found }: { heard: Heard }) {
  const open = useSignal(opened) !== null;
  useLayoutEffect(measurePaint, [found]);
  // The first result takes the place of the invitation; later ones leave a person where they look.
  useLayoutEffect(() => window.scrollTo({ top: 0, behavior: "instant" }), []);
  return (
    <>
      <Answer key={found.document.id} heard={found} />
      <section aria-label="What the network saw" className="relative mt-10 sm:mt-14">
        <Transport heard={found} />
        <Waveform heard={found} />
        {found.document.timeline.length > 1 && <Timeline heard={found} />}
        <Spectrogram heard={found} />
        <Layers heard={found} />
        <TimeMarks />
      </section>
      {open && <ChannelsSheet heard={found} />}
    </>
  );
}

// From the document's arrival to the frame in which everything is on the screen.
function measurePaint(): void {
  requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      if (performance.getEntriesByName("document").length > 0) performance.measure("document-to-painted", "document");
      painted.port1.close();
    };
    painted.port2.postMessage(null);
  });
}
