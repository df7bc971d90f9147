// The second of a comparison, from wherever it is.
import { fetchSampleAudio, fetchSamples } from "@/api/client";
import { hear } from "@/session/analyse";
import type { Heard } from "@/session/heard";
import { models } from "@/session/models";
import type { Second } from "@/session/second";
import { whenIdle } from "@/ui/idle";
import { keep, take } from "./shelf";

/** A sample is heard by the model that heard the first, so that one thing differs. */
export async function secondOf(first: Heard, second: Second, signal: AbortSignal): Promise<Heard> {
  if ("heard" in second) return take(second.heard);
  const found =
    "sample" in second
      ? await hearSample(second.sample, first.model, signal)
      : await hear(first.source, modelOf(second.model), signal);
  whenIdle(() => void keep(found));
  return found;
}

async function hearSample(id: string, model: string | null, signal: AbortSignal): Promise<Heard> {
  const [list, blob] = await Promise.all([fetchSamples(signal).catch(() => []), fetchSampleAudio(id, signal)]);
  const name = list.find((one) => one.id === id)?.title ?? id;
  return hear({ name, blob, sample_id: id }, model, signal);
}

function modelOf(name: string): string | null {
  return name === models.get()[0]?.name ? null : name;
}
