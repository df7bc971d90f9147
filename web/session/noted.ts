// What was noted while listening, kept in this browser: hours of it are not lost with a page.
import { keeps } from "./keeping";
import type { Passage } from "./passages";

const NAME = "noted";
const EVERY_MS = 5_000;

let waiting: readonly Passage[] | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Soon, and once the page is left. */
export function keepNoted(passages: readonly Passage[]): void {
  waiting = passages;
  timer ??= setTimeout(keepNow, EVERY_MS);
}

export function keepNow(): void {
  clearTimeout(timer);
  timer = undefined;
  if (!waiting) return;
  try {
    if (waiting.length > 0 && keeps.get()) localStorage.setItem(NAME, JSON.stringify(waiting));
    else localStorage.removeItem(NAME);
  } catch {
    // Where nothing can be stored, or no more, they are on the page alone.
  }
  waiting = null;
}

export function notedBefore(): readonly Passage[] {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "[]") as Passage[];
  } catch {
    return [];
  }
}
