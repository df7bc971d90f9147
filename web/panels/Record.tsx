"use client";

import { useEffect, useRef, useState } from "react";

import type { Headline } from "@/session/headline";
import { hearLive, LIVE_S } from "@/session/live";
import { currentPlayer } from "@/sound/listening";
import { LONGEST_S, microphoneTrouble, Recorder } from "@/sound/recorder";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

const METER_FLOOR_DB = -60;
const LIVE_LEAST_S = 1;

export function Record({ onSound }: { onSound: (sound: Blob) => void }) {
  const recorder = useRef<Recorder | null>(null);
  const [state, setState] = useState<"idle" | "asking" | "recording">("idle");
  const [trouble, setTrouble] = useState("");
  const [{ level, recorded_s }, setMeter] = useState({ level: 0, recorded_s: 0 });

  const end = (keep: boolean) => {
    const ended = recorder.current;
    recorder.current = null;
    setState("idle");
    if (!ended) return;
    if (keep) onSound(ended.stop());
    else ended.release();
  };

  const begin = async () => {
    setState("asking");
    setTrouble("");
    setMeter({ level: 0, recorded_s: 0 });
    // The page would hear itself.
    currentPlayer()?.pause();
    const onLevel = (now: number, time_s: number) => {
      setMeter({ level: now, recorded_s: time_s });
      if (time_s >= LONGEST_S) end(true);
    };
    try {
      recorder.current = await Recorder.start(onLevel, () => end(true));
      setState("recording");
    } catch (error) {
      setTrouble(microphoneTrouble(error));
      setState("idle");
    }
  };

  // The device is let go when the page is left in the middle of it.
  useEffect(() => () => recorder.current?.release(), []);

  const recording = state === "recording";
  // One button for both, so that the keyboard stays where it is.
  return (
    <div
      data-recording={recording || undefined}
      className={recording ? "flex flex-wrap items-center gap-2 [justify-content:inherit]" : "contents"}
    >
      <Button
        look={recording ? "filled" : "outlined"}
        aria-disabled={state === "asking" || (recording && recorded_s === 0)}
        onClick={() => {
          if (state === "idle") void begin();
          else if (recorded_s > 0) end(true);
        }}
      >
        <Icon name={recording ? "stop" : "microphone"} />
        {WORDS[state]}
      </Button>
      {recording && (
        <>
          <Meter level={level} />
          <span className="min-w-20 text-sm text-soft">
            {recorded_s.toFixed(1)} of {LONGEST_S} s
          </span>
          <Button look="plain" small onClick={() => end(false)}>
            Discard
          </Button>
          <Live newest={() => recorder.current?.newest(LIVE_S, LIVE_LEAST_S) ?? null} />
        </>
      )}
      {trouble && (
        <p role="alert" className="basis-full text-sm text-accent">
          {trouble}
        </p>
      )}
    </div>
  );
}

const WORDS = { idle: "Record", asking: "Waiting for the microphone", recording: "Stop and analyse" };

/** What it sounds like just now. */
function Live({ newest }: { newest: () => Blob | null }) {
  const ask = useRef(newest);
  const [heard, setHeard] = useState<Headline | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void hearLive(() => ask.current(), setHeard, stop.signal);
    return () => stop.abort();
  }, []);
  return (
    <p
      data-live
      aria-live="polite"
      className="flex basis-full flex-wrap items-baseline gap-x-3 font-serif text-2xl [justify-content:inherit]"
    >
      {heard && <span className={heard.sure ? "" : "opacity-60 grayscale"}>{heard.emoji}</span>}
      <span className={heard?.sure ? "" : "text-soft"}>{heard?.alone ?? "Listening"}</span>
      {heard?.sure && <span className="font-sans text-sm text-soft">{heard.remark}</span>}
    </p>
  );
}

function Meter({ level }: { level: number }) {
  const db = 20 * Math.log10(level + 1e-6);
  const share = Math.min(1, Math.max(0, 1 - db / METER_FLOOR_DB));
  return (
    <div
      role="meter"
      aria-label="Level of the microphone"
      aria-valuemin={METER_FLOOR_DB}
      aria-valuemax={0}
      aria-valuenow={Math.round(Math.max(METER_FLOOR_DB, db))}
      aria-valuetext={`${Math.round(Math.max(METER_FLOOR_DB, db))} dB`}
      className="h-2 w-12 overflow-hidden rounded-full bg-line sm:w-36"
    >
      <div className="h-full origin-left bg-accent" style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
