// What was heard, kept in this browser and nowhere else.
import { Trouble } from "@/api/trouble";
import { heardOf, type Heard } from "@/session/heard";
import { headlineOf } from "@/session/headline";
import { keeps, keptAs, nameKept, notKept } from "@/session/keeping";
import { hearerOf, models } from "@/session/models";
import { heard as shown } from "@/session/session";
import { signal } from "@/session/signal";
import { saved } from "@/session/unsaved";
import { rememberWayTo } from "@/session/visits";
import { bytesOf, MOST_BYTES, surplusOf } from "./bounds";
import { idOf } from "./id";
import type { Contents, Kept } from "./kept";
import { allLines, contentsOf, lineOf, put, remove } from "./store";

/** Newest first; null: not looked at yet. */
export const shelf = signal<Kept[] | null>(null);

export const BLOCKED = "Nothing is kept: this browser lets the page store nothing.";
export const STUCK = "The shelf stays as it is: this browser lets the page store nothing more.";
export const MOVED = "The newest sound is not kept: its file was moved or changed meanwhile.";
export const FULL = "The newest sound is not kept: there is no room for it.";

export async function lookAtShelf(): Promise<void> {
  try {
    shelf.set(await allLines());
  } catch {
    notKept.set(BLOCKED);
    shelf.set([]);
  }
}

let before: Promise<void> = Promise.resolve();

/** One after the other; why one is not kept is told by `notKept`. */
export function keep(heard: Heard): Promise<void> {
  before = before.then(() => keepNow(heard));
  return before;
}

async function keepNow(heard: Heard): Promise<void> {
  if (!keeps.get() || keptAs(heard)) return;
  try {
    const [line, contents] = await recordOf(heard);
    await putInRoom(line, contents);
    nameKept(heard, line.id);
    saved(heard.source.blob);
    notKept.set("");
    rememberWayTo(heard);
    await lookAtShelf();
  } catch (error) {
    notKept.set(whyNot(error));
  }
}

async function recordOf(heard: Heard): Promise<[Kept, Contents]> {
  const { document, source, verdict, waited_ms } = heard;
  const sound = await source.blob.arrayBuffer();
  const model = hearerOf(models.get(), heard);
  const text = JSON.stringify(document);
  const id = await idOf(sound.byteLength > 0 ? sound : new TextEncoder().encode(text), model);
  const headline = headlineOf(document, verdict);
  const line = {
    id,
    // One that was given another name keeps it.
    name: (await lineOf(id))?.name ?? source.name,
    heard_ms: Date.now(),
    model,
    verdict,
    emoji: headline?.emoji ?? "",
    answer: headline?.alone ?? "",
    confidence: verdict === "silence" ? null : (document.predictions[0]?.confidence ?? null),
    duration_s: document.duration_s,
    waited_ms,
    sample_id: source.sample_id,
    size_bytes: sound.byteLength + text.length,
  };
  return [line, { id, document, sound, type: source.blob.type }];
}

/** The oldest give way, first to the shelf's own bounds, then to those of the browser. */
async function putInRoom(line: Kept, contents: Contents): Promise<void> {
  const now = shown.get();
  const spared = [line.id, (now && keptAs(now)) ?? ""];
  const all = [line, ...(await allLines()).filter(({ id }) => id !== line.id)];
  const surplus = surplusOf(all, spared);
  if (bytesOf([line]) > MOST_BYTES) throw new DOMException("larger than the shelf", FULL_ERROR);
  await remove(surplus.map(({ id }) => id));
  const others = all.filter((one) => !surplus.includes(one) && !spared.includes(one.id));
  for (;;) {
    try {
      return await put(line, contents);
    } catch (error) {
      const oldest = others.pop();
      if (!isFull(error) || !oldest) throw error;
      await remove([oldest.id]);
    }
  }
}

const FULL_ERROR = "QuotaExceededError";

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === FULL_ERROR;
}

function whyNot(error: unknown): string {
  if (isFull(error)) return FULL;
  return error instanceof DOMException && error.name === "NotReadableError" ? MOVED : BLOCKED;
}

/** As it was when it was kept. Throws a Trouble where it is no longer there. */
export async function take(id: string): Promise<Heard> {
  const [line, contents] = await Promise.all([lineOf(id), contentsOf(id)]).catch(() => []);
  if (!line || !contents) throw gone();
  const source = {
    name: line.name,
    blob: new Blob([contents.sound], { type: contents.type }),
    sample_id: line.sample_id,
  };
  const first = models.get()[0]?.name === line.model;
  const heard = heardOf(contents.document, source, {
    model: first ? null : line.model,
    // What was a guess then is one now, whatever is known of its model.
    rejects: line.verdict === contents.document.state,
    waited_ms: line.waited_ms,
  });
  nameKept(heard, id);
  return heard;
}

function gone(): Trouble {
  return new Trouble(
    "It is not on the shelf",
    "This browser does not keep that sound, or does so no longer.",
    "Bring it again, or choose another one.",
    false,
  );
}

export async function rename(line: Kept, name: string): Promise<void> {
  await change(() => put({ ...line, name }));
}

/** Gives a way to take it back. */
export async function discard(line: Kept): Promise<() => Promise<void>> {
  const contents = await contentsOf(line.id).catch(() => undefined);
  await clear([line.id]);
  return () => change(() => put(line, contents));
}

export async function clear(ids: readonly string[]): Promise<void> {
  await change(() => remove(ids));
  const now = shown.get();
  if (!now || !ids.includes(keptAs(now) ?? "")) return;
  nameKept(now, null);
  rememberWayTo(now);
}

async function change(act: () => Promise<void>): Promise<void> {
  try {
    await act();
    await lookAtShelf();
  } catch {
    notKept.set(STUCK);
  }
}
