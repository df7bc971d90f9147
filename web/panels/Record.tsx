"use client";

import { useEffect, useLayoutEffect, useRef, useState } from "react";

import { hearLive, live, LIVE_S } from "@/session/live";
import { giveMicrophoneBack, microphoneUse, takeMicrophone } from "@/session/microphone-use";
import { recording as recordingSignal } from "@/session/session";
import { useSignal } from "@/session/signal";
import { askBeforeLeaving } from "@/session/unsaved";
import { currentPlayer } from "@/sound/listening";
import { microphoneTrouble } from "@/sound/microphone";
import { LONGEST_S, Recorder } from "@/sound/recorder";
import { Button } from "@/ui/Button";
import { handOn } from "@/ui/hand-on";
import { Icon } from "@/ui/Icon";
import { Meter } from "./Meter";

const LIVE_LEAST_S = 1;

export function Record({ onSound }: { onSound: (sound: Blob) => void }) {
  const recorder = useRef<Recorder | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [state, setState] = useState<"idle" | "asking" | "recording">("idle");
  const [{ level, recorded_s }, setMeter] = useState({ level: 0, recorded_s: 0 });

  const end = (keep: boolean) => {
    const ended = recorder.current;
    recorder.current = null;
    setState("idle");
    if (!ended) return;
    giveMicrophoneBack();
    if (keep) onSound(ended.stop());
    else ended.release();
  };

  const begin = async () => {
    if (!takeMicrophone("recording")) return;
    setState("asking");
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
      giveMicrophoneBack(microphoneTrouble(error));
      setState("idle");
    }
  };

  // The device is let go when the page is left in the middle of it.
  useEffect(
    () => () => {
      if (!recorder.current) return;
      recorder.current.release();
      giveMicrophoneBack();
    },
    [],
  );
  useEffect(askBeforeLeaving, []);

  const recording = state === "recording";
  const listening = useSignal(microphoneUse) === "listening";
  useLive(recording, () => recorder.current?.newest(LIVE_S, LIVE_LEAST_S) ?? null);
  if (useSignal(recordingSignal) && listening) return null;
  // One button for both, so that the keyboard stays where it is.
  return (
    <div
      data-recording={recording || undefined}
      className={recording ? "flex flex-wrap items-center gap-2 [justify-content:inherit]" : "contents"}
    >
      <Button
        ref={button}
        look={recording ? "filled" : "outlined"}
        aria-disabled={listening || state === "asking" || (recording && recorded_s === 0)}
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
          <Button
            look="plain"
            small
            onClick={(event) => {
              handOn(event, button.current);
              end(false);
            }}
          >
            Discard
          </Button>
        </>
      )}
    </div>
  );
}

const WORDS = { idle: "Record", asking: "Waiting for the microphone", recording: "Stop and analyse" };

/** What it sounds like is asked again and again, and all of the page knows that it is being recorded. */
function useLive(recording: boolean, newest: () => Blob | null): void {
  useLayoutEffect(() => {
    if (!recording) return;
    const stop = new AbortController();
    recordingSignal.set(true);
    void hearLive(newest, live.set, stop.signal);
    return () => {
      stop.abort();
      recordingSignal.set(false);
      live.set(null);
    };
    // `newest` reads what does not change.
  }, [recording]);
}
