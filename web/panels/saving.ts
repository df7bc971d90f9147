// Files to take away.
import { headOf, paintAlbum, type Page } from "@/drawing/album";
import { headlineOf } from "@/session/headline";
import { heard } from "@/session/session";
import { KNOWN_ENDING } from "@/session/sound-files";
import { saved } from "@/session/unsaved";
import { ink } from "@/ui/ink";
import { allPanes, paneOf, type Pane } from "@/ui/panes";

const SCALE = 2;
// On a phone's width headline and names would not fit.
const LEAST_WIDTH = 720;

export async function saveDocument(): Promise<void> {
  const found = heard.get();
  if (!found) return;
  const { savedOf } = await import("@/shelf/saved");
  save(await savedOf(found, false), `${stem()}.json`);
}

/** One pane as it is on the page; "layers" is all of the maps. */
export async function savePane(id: string): Promise<void> {
  const maps = allPanes().filter((pane) => !OTHERS.has(pane.id));
  const pane = paneOf(id);
  await savePages(id === "layers" ? maps : pane ? [pane] : [], id, false);
}

export async function saveWholePicture(): Promise<void> {
  await savePages(
    allPanes().filter(({ id }) => !id.startsWith("channel")),
    "analysis",
    true,
  );
}

/** The sound itself, as it was brought. */
export function saveSound(): void {
  const source = heard.get()?.source;
  if (!source) return;
  const { blob, name } = source;
  save(blob, KNOWN_ENDING.test(name) ? name : `${stem()}.${ENDINGS[blob.type] ?? "wav"}`);
  saved(blob);
}

const ENDINGS: Record<string, string> = { "audio/flac": "flac", "audio/x-flac": "flac", "audio/mpeg": "mp3" };

export async function copyLink(): Promise<void> {
  await navigator.clipboard.writeText(location.href);
}

const OTHERS = new Set(["waveform", "timeline", "spectrogram", "evidence", "channels", "channel"]);

async function savePages(panes: Pane[], what: string, head: boolean): Promise<void> {
  const [colours, found] = [ink.get(), heard.get()];
  if (!colours || !found || panes.length === 0) return;
  const pages = panes.map(pageOf);
  const canvas = document.createElement("canvas");
  const headline = head ? headlineOf(found.document, found.verdict) : null;
  const top = headline && headOf(found.document, found.source.name, headline);
  paintAlbum(canvas, pages, top, colours, SCALE);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) save(blob, `${stem()}-${what}.png`);
}

function pageOf({ title, canvas, paint }: Pane): Page {
  const { clientWidth = 800, clientHeight: height = 100 } = canvas.current ?? {};
  return { title, width: Math.max(LEAST_WIDTH, clientWidth), height, paint: paint.current };
}

function stem(): string {
  const source = heard.get()?.source;
  return stemOf(source?.sample_id ?? source?.name ?? "sound");
}

/** A name that files can have, without the ending. */
export function stemOf(name: string): string {
  return name.replace(KNOWN_ENDING, "").replace(/[^\p{L}\p{N}_-]+/gu, "-") || "sound";
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
