// Listening on and on: what it sounds like is named every second and noted down, and nothing of the sound is kept.
import type { LiveAnswer } from "@/api/client";
import { currentPlayer } from "@/sound/listening";
import { Microphone, microphoneTrouble, peakOf } from "@/sound/microphone";
import { headlineOf } from "./headline";
import { keeps } from "./keeping";
import { live } from "./live";
import { giveMicrophoneBack, takeMicrophone } from "./microphone-use";
import { cardOf, chosen } from "./models";
import { keepNoted, keepNow, notedBefore } from "./noted";
import { withAnswer, withGap, type Passage } from "./passages";
import type { Span } from "./sent";
import { recording } from "./session";
import { signal } from "./signal";
import { Stream } from "./stream";
import { verdictOf } from "./verdict";

export interface Monitor {
  state: "asking" | "listening" | "ended";
  passages: readonly Passage[];
  /** Those that were cleared away, as long as they can be had back. */
  cleared: readonly Passage[];
  began_ms: number;
  /** Why nothing is heard just now; empty: it is. */
  lost: string;
}

const NOTHING: Monitor = { state: "ended", passages: [], cleared: [], began_ms: 0, lost: "" };

/** Null: nobody has listened. */
export const monitor = signal<Monitor | null>(null);
/** The loudest sample of the newest piece. */
export const monitorLevel = signal(0);

let release: () => void = () => undefined;

/** What was noted before, on this page or another day; from now on it is kept, unless nothing is to be. */
export function keepMonitor(): () => void {
  const passages = notedBefore();
  if (!monitor.get() && passages.length > 0) monitor.set({ ...NOTHING, passages });
  window.addEventListener("pagehide", keepNow);
  const stop = keeps.subscribe(() => keepNoted(monitor.get()?.passages ?? []));
  return () => {
    window.removeEventListener("pagehide", keepNow);
    stop();
  };
}

export async function listenOn(): Promise<void> {
  if (!takeMicrophone("listening")) return;
  const passages = monitor.get()?.passages ?? [];
  monitor.set({ ...NOTHING, passages, state: "asking" });
  // The page would hear itself.
  currentPlayer()?.pause();
  let stream: Stream | null = null;
  const take = (piece: Float32Array) => {
    monitorLevel.set(peakOf(piece));
    stream?.send(piece);
  };
  try {
    const hear = hearingWith(chosen.get());
    const microphone = await Microphone.open(take, () => stopListening("The microphone is gone."), pause);
    const awake = stayAwake();
    const connect = () => (stream = hear(microphone.rate_hz));
    function pause(paused: boolean): void {
      stream?.close();
      stream = null;
      live.set(null);
      change({ lost: paused ? "The microphone is paused." : "" });
      if (!paused) connect();
    }
    release = () => {
      microphone.release();
      stream?.finish();
      awake();
    };
    connect();
  } catch (error) {
    return stopListening(microphoneTrouble(error));
  }
  recording.set(true);
  change({ state: "listening", began_ms: Date.now() });
}

/** What was noted stays. */
export function stopListening(notice = ""): void {
  release();
  release = () => undefined;
  recording.set(false);
  live.set(null);
  giveMicrophoneBack(notice);
  change({ state: "ended", lost: "" });
}

export function clearMonitor(): void {
  const { passages } = monitor.get() ?? NOTHING;
  monitor.set({ ...NOTHING, cleared: passages });
  keepNoted([]);
}

export function unclearMonitor(): void {
  const { cleared } = monitor.get() ?? NOTHING;
  monitor.set({ ...NOTHING, passages: cleared });
  keepNoted(cleared);
}

function change(changes: Partial<Monitor>): void {
  const now = monitor.get();
  if (now) monitor.set({ ...now, ...changes });
}

/** Opens streams of one sound, one after the other, for one model: whichever is chosen later. */
function hearingWith(model: string | null): (rate_hz: number) => Stream {
  let rejects: boolean | null = null;
  void cardOf(model).then((card) => (rejects = Boolean(card?.rejection)));
  let heard_ms = 0;
  const onAnswer = (answer: LiveAnswer, span: Span) => {
    const now = monitor.get();
    if (!now || rejects === null) return;
    const verdict = verdictOf(answer, rejects);
    if (now.state === "listening") live.set(headlineOf(answer, verdict));
    const passages = withAnswer(withGap(now.passages, heard_ms, span.from_ms), answer, verdict, span);
    heard_ms = span.to_ms;
    change({ passages, lost: "" });
    if (passages !== now.passages) keepNoted(passages);
  };
  const onLost = (lost: string) => {
    live.set(null);
    change({ lost });
  };
  return (rate_hz) => {
    heard_ms ||= Date.now();
    return new Stream(rate_hz, model, { onAnswer, onLost, onRefused: stopListening });
  };
}

/** A screen that goes dark takes the microphone along on phones. Whoever looks elsewhere lets it. */
function stayAwake(): () => void {
  let lock: Promise<WakeLockSentinel | null> | undefined;
  const ask = () => {
    if (document.visibilityState === "visible") lock = navigator.wakeLock?.request("screen").catch(() => null);
  };
  ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    document.removeEventListener("visibilitychange", ask);
    void lock?.then((held) => held?.release());
  };
}
