"use client";

import { useEffect, useState } from "react";

import { longClock } from "@/drawing/words";
import { microphoneUse } from "@/session/microphone-use";
import { listenOn, monitor, monitorLevel, stopListening } from "@/session/monitor";
import { recording } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Meter } from "./Meter";

/** Names what the microphone hears for as long as it is wanted. */
export function Listen() {
  const now = useSignal(monitor);
  const use = useSignal(microphoneUse);
  const state = now?.state ?? "ended";
  if (useSignal(recording) && use === "recording") return null;
  // One button for both, so that the keyboard stays where it is.
  return (
    <div
      data-listen
      data-recording={state === "listening" || undefined}
      className={state === "listening" ? "flex flex-wrap items-center gap-2 [justify-content:inherit]" : "contents"}
    >
      <Button
        look={state === "listening" ? "filled" : "outlined"}
        aria-disabled={state === "asking" || use === "recording"}
        onClick={() => {
          if (state === "ended") void listenOn();
          else if (state === "listening") stopListening();
        }}
      >
        <Icon name={state === "listening" ? "stop" : "live"} />
        {WORDS[state]}
      </Button>
      {now && state === "listening" && (
        <>
          <Level />
          <Elapsed began_ms={now.began_ms} />
        </>
      )}
    </div>
  );
}

const WORDS = { ended: "Listen", asking: "Waiting for the microphone", listening: "Stop listening" };

function Level() {
  return <Meter level={useSignal(monitorLevel)} />;
}

function Elapsed({ began_ms }: { began_ms: number }) {
  const [now_ms, setNow] = useState(began_ms);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span className="min-w-12 text-sm text-soft">{longClock((now_ms - began_ms) / 1000)}</span>;
}
