// What a sound that is still being recorded sounds like: its newest stretch, asked about again and again.
import { classify } from "@/api/client";
import { wait } from "@/ui/wait";
import { headlineOf, type Headline } from "./headline";
import { cardOf, chosen } from "./models";
import { signal as signalOf } from "./signal";
import { verdictOf } from "./verdict";

const EVERY_MS = 1000;

/** Null: nothing yet, or the server did not answer. */
export const live = signalOf<Headline | null>(null);

/** As long as the network listens at once. */
export const LIVE_S = 5;

/**
 * One question at a time, until the signal says stop.
 *
 * `newest` gives null while there is too little to hear; `onHeard` gets null where the server did not answer.
 */
export async function hearLive(
  newest: () => Blob | null,
  onHeard: (headline: Headline | null) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const next = wait(EVERY_MS, signal, "abort");
    const sound = newest();
    if (sound) {
      // A busy server has no time for this one, but maybe for the next.
      const headline = await headlineNow(sound, signal).catch(() => null);
      if (!signal.aborted) onHeard(headline);
    }
    await next;
  }
}

async function headlineNow(sound: Blob, signal: AbortSignal): Promise<Headline | null> {
  const model = chosen.get();
  const [answer, card] = await Promise.all([classify(sound, model, signal), cardOf(model)]);
  return headlineOf(answer, verdictOf(answer, Boolean(card?.rejection)));
}
