// From a sound to what is on the page. The newest wish wins; what was shown stays until its answer is there.
import { fetchSampleAudio, fetchSamples, type SampleInfo } from "@/api/client";
import { asTrouble, emptyFolder, soundMissing } from "@/api/trouble";
import { analyze } from "@/api/upload";
import { type View } from "@/drawing/view";
import { clock } from "@/drawing/words";
import { forget, listening, listenTo } from "@/sound/listening";
import { wavOf } from "@/sound/wav";
import { hasSound, heardOf, isLong, type Heard, type Source } from "./heard";
import { tooLarge } from "./limits";
import { cardOf, choose, chosen } from "./models";
import { second } from "./second";
import { cursor, heard, IDLE, looked, mode, opened, preferred, request, selection, view } from "./session";
import { visit, visitInvitation } from "./visits";

const SEEN_MS = 80;

let underWay = new AbortController();
let wish: () => void = () => undefined;

/** Back to what is shown, and to the model that it was asked of. */
export function cancel(): void {
  underWay.abort();
  request.set(IDLE);
  const found = heard.get();
  choose(found ? found.model : chosen.get());
}

/** Shows what was heard before, or the invitation. */
export function returnTo(before: Heard | null): void {
  underWay.abort();
  // The address of an entry from before a model was chosen does not name it.
  choose(before ? before.model : chosen.get());
  show(before);
}

/** The invitation, from which the browser's Back button returns to what was heard. */
export function goHome(): void {
  if (heard.get()) visitInvitation();
  returnTo(null);
}

export async function analyseSound(source: Source): Promise<void> {
  second.set(null);
  await attempt(
    source.name,
    (signal) => send(source, signal),
    () => void analyseSound(source),
  );
}

/** A folder without sounds was brought. */
export function analyseNothing(): void {
  void attempt("the folder", () => Promise.reject(emptyFolder()), analyseNothing);
}

export async function analyseSample(sample: NamedSample): Promise<void> {
  second.set(null);
  await attempt(
    sample.title,
    (signal) => fetchAndSend(sample, signal),
    () => void analyseSample(sample),
  );
}

/** The sample of a link, once it is known who is asked; where the list is not to be had, it goes by its id. */
export async function analyseLinked(id: string, ready: Promise<void>): Promise<void> {
  const find = async (signal: AbortSignal) => {
    request.set({ state: "fetching", name: id, sample_id: id });
    const listed = fetchSamples(signal).catch(() => []);
    const [blob, list] = await Promise.all([fetchSampleAudio(id, signal), listed, ready]);
    const name = list.find((one) => one.id === id)?.title ?? id;
    if (!signal.aborted) await send({ name, blob, sample_id: id }, signal);
  };
  await attempt(id, find, () => void analyseLinked(id, ready));
}

type NamedSample = Pick<SampleInfo, "id" | "title">;

async function fetchAndSend({ id, title }: NamedSample, signal: AbortSignal): Promise<void> {
  request.set({ state: "fetching", name: title, sample_id: id });
  const blob = await fetchSampleAudio(id, signal);
  await send({ name: title, blob, sample_id: id }, signal);
}

/** A stretch of the sound that is shown, as a sound of its own. */
export function analyseStretch({ from_s, to_s }: View): void {
  const [found, now] = [heard.get(), listening.get()];
  if (!found || now.state !== "ready") return;
  const { samples, rate_hz } = now.sound;
  const piece = samples.subarray(Math.floor(from_s * rate_hz), Math.ceil(to_s * rate_hz));
  const { duration_s } = found.document;
  const name = `${found.source.name}, ${clock(from_s, duration_s)} to ${clock(to_s, duration_s)}`;
  void analyseSound({ name, blob: wavOf(piece, rate_hz) });
}

/** With the model that is chosen now: the sound that is under way, or else the one that is shown. */
export function hearAgain(): void {
  const found = heard.get();
  if (request.get().state !== "idle") wish();
  else if (found) void analyseSound(found.source);
}

/** The newest wish; what goes wrong with it is told on the page. */
export async function attempt(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  again: () => void,
): Promise<void> {
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
  const { name, blob, sample_id } = source;
  const refused = tooLarge(blob);
  if (refused) throw refused;
  request.set({ state: "sending", name, sample_id, share: 0 });
  const onSent = (share: number) => {
    if (signal.aborted) return;
    request.set(share < 1 ? { state: "sending", name, sample_id, share } : { state: "listening", name, sample_id });
  };
  show(await hear(source, chosen.get(), signal, onSent));
}

/** What a model makes of a sound; null: the server's first. */
export async function hear(
  source: Source,
  model: string | null,
  signal: AbortSignal,
  onSent: (share: number) => void = () => undefined,
): Promise<Heard> {
  if (!hasSound(source)) throw soundMissing();
  const asking = analyze(source.blob, { model, signal, onSent });
  const [{ document, waited_ms }, card] = await Promise.all([asking, cardOf(model)]);
  signal.throwIfAborted();
  performance.mark("document");
  return heardOf(document, source, { model, rejects: Boolean(card?.rejection), waited_ms });
}

/** Puts it on the page, in the place of what was there. */
export function show(next: Heard | null): void {
  cursor.set(null);
  looked.set(null);
  selection.set(null);
  opened.set(null);
  if (next) view.set(next.whole);
  // What the network saw is little of a long sound; the fine spectrogram shows all of it.
  mode.set(next && isLong(next) ? "fine" : preferred.get());
  forget();
  heard.set(next);
  request.set(IDLE);
  if (next) setTimeout(() => heard.get() === next && onceSeen(next), SEEN_MS);
}

// What is seen comes first: decoding takes a core, and the address makes the router think. By then another sound may
// be there.
function onceSeen(now: Heard): void {
  visit(now);
  void listenTo(now.source.blob);
}
