// Listening on and on: what it sounds like is named every second and noted down, and nothing of the sound is kept.
import type { LiveAnswer } from "@/api/client";
import { currentPlayer } from "@/sound/listening";
import { Microphone, microphoneTrouble, peakOf } from "@/sound/microphone";
import { headlineOf } from "./headline";
import { live } from "./live";
import { cardOf, chosen } from "./models";
import { withAnswer, type Passage } from "./passages";
import { recording } from "./session";
import { signal } from "./signal";
import { Stream } from "./stream";
import { verdictOf } from "./verdict";

export interface Monitor {
  state: "asking" | "listening" | "ended";
  passages: readonly Passage[];
  began_ms: number;
  /** The server does not answer just now. */
  lost: boolean;
  trouble: string;
}

/** Null: nobody has listened, or what was heard is cleared away. */
export const monitor = signal<Monitor | null>(null);
/** The loudest sample of the newest piece. */
export const monitorLevel = signal(0);

let release: () => void = () => undefined;

export async function listenOn(): Promise<void> {
  const passages = monitor.get()?.passages ?? [];
  monitor.set({ state: "asking", passages, began_ms: Date.now(), lost: false, trouble: "" });
  // The page would hear itself.
  currentPlayer()?.pause();
  let stream: Stream | null = null;
  const take = (piece: Float32Array) => {
    monitorLevel.set(peakOf(piece));
    stream?.send(piece);
  };
  try {
    const microphone = await Microphone.open(take, () => stopListening("The microphone is gone."));
    const awake = stayAwake();
    release = () => {
      microphone.release();
      stream?.close();
      awake();
    };
    stream = new Stream(microphone.rate_hz, chosen.get(), {
      onAnswer: (answer) => void note(answer),
      onLost: () => change({ lost: true }),
      onRefused: stopListening,
    });
  } catch (error) {
    return stopListening(microphoneTrouble(error));
  }
  recording.set(true);
  change({ state: "listening", began_ms: Date.now() });
}

/** What was noted stays. */
export function stopListening(trouble = ""): void {
  release();
  release = () => undefined;
  recording.set(false);
  live.set(null);
  change({ state: "ended", trouble, lost: false });
}

export function clearMonitor(): void {
  monitor.set(null);
}

function change(changes: Partial<Monitor>): void {
  const now = monitor.get();
  if (now) monitor.set({ ...now, ...changes });
}

async function note(answer: LiveAnswer): Promise<void> {
  const card = await cardOf(chosen.get());
  const now = monitor.get();
  if (now?.state !== "listening") return;
  const verdict = verdictOf(answer, Boolean(card?.rejection));
  live.set(headlineOf(answer, verdict));
  change({ passages: withAnswer(now.passages, answer, verdict, Date.now()), lost: false });
}

/** A screen that goes dark takes the microphone along on phones. */
function stayAwake(): () => void {
  const lock = navigator.wakeLock?.request("screen").catch(() => null);
  return () => void lock?.then((held) => held?.release());
}
