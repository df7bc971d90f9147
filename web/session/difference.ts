// In what two answers differ, in words.
import type { Heard } from "./heard";

export interface Difference {
  title: string;
  words: string;
}

/** `models`: the names of who heard them. */
export function differenceOf(a: Heard, b: Heard, models: readonly [string, string]): Difference {
  const [sound, model] = [!isSameSound(a, b), models[0] !== models[1]];
  if (sound && model) return { title: "Two sounds, two networks", words: "Both the sound and the network differ." };
  if (sound)
    return { title: "Two sounds", words: `Heard by the same network, ${models[0]}. What differs is the sound.` };
  if (model) return { title: "Two networks", words: `The same sound, ${a.source.name}. What differs is the network.` };
  return { title: "The same, twice", words: "The same sound, heard by the same network: nothing differs." };
}

/** As far as its outline tells, wherever the two came from. */
function isSameSound({ document: a }: Heard, { document: b }: Heard): boolean {
  return a.duration_s === b.duration_s && a.waveform.high.data === b.waveform.high.data;
}
