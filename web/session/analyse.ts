// From a sound to what is on the page. The newest wish wins; what was shown stays until its answer is there.
import { fetchSampleAudio, type SampleInfo } from "@/api/client";
import { asTrouble } from "@/api/trouble";
import { analyze } from "@/api/upload";
import { forget, listenTo } from "@/sound/listening";
import { rememberInAddress } from "./address";
import { heardOf, type Source } from "./heard";
import { cardOf, chosen } from "./models";
import { cursor, heard, IDLE, looked, opened, request, selection, view } from "./session";

const SEEN_MS = 80;

let underWay = new AbortController();
let wish: () => void = () => undefined;

export function cancel(): void {
  underWay.abort();
  request.set(IDLE);
}

export async function analyseSound(source: Source): Promise<void> {
  await attempt(
    source.name,
    (signal) => send(source, signal),
    () => void analyseSound(source),
  );
}

export async function analyseSample(sample: Pick<SampleInfo, "id" | "title">): Promise<void> {
  const fetchAndSend = async (signal: AbortSignal) => {
    request.set({ state: "fetching", name: sample.title });
    const blob = await fetchSampleAudio(sample.id, signal);
    await send({ name: sample.title, blob, sample_id: sample.id }, signal);
  };
  await attempt(sample.title, fetchAndSend, () => void analyseSample(sample));
}

/** With the model that is chosen now: the sound that is under way, or else the one that is shown. */
export function hearAgain(): void {
  const found = heard.get();
  if (request.get().state !== "idle") wish();
  else if (found) void analyseSound(found.source);
}

async function attempt(name: string, work: (signal: AbortSignal) => Promise<void>, again: () => void): Promise<void> {
  underWay.abort();
  underWay = new AbortController();
  wish = again;
  const { signal } = underWay;
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted) request.set({ state: "failed", name, trouble: asTrouble(error), again });
  }
}

async function send(source: Source, signal: AbortSignal): Promise<void> {
  const { name, blob } = source;
  request.set({ state: "sending", name, share: 0 });
  const onSent = (share: number) => {
    if (signal.aborted) return;
    request.set(share < 1 ? { state: "sending", name, share } : { state: "listening", name });
  };
  const model = chosen.get();
  const [document, card] = await Promise.all([analyze(blob, { model, signal, onSent }), cardOf(model)]);
  if (signal.aborted) return;
  performance.mark("document");
  const next = heardOf(document, source, { model, rejects: Boolean(card?.rejection) });
  cursor.set(null);
  looked.set(null);
  selection.set(null);
  opened.set(null);
  view.set(next.whole);
  forget();
  heard.set(next);
  request.set(IDLE);
  setTimeout(() => heard.get() === next && onceSeen(source), SEEN_MS);
}

// What is seen comes first: decoding takes a core, and the address makes the router think. By then another sound may
// be there.
function onceSeen({ blob, sample_id }: Source): void {
  // A sample can be linked to; a sound of one's own is on no server.
  rememberInAddress("sample", sample_id);
  void listenTo(blob);
}
