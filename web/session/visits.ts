// What was heard in this visit: the browser's buttons go back and forward through it.
import { addressWith, asked } from "./address";
import type { Heard } from "./heard";

const MOST = 50;

// A reload begins anew: what history remembers of the page before is not taken for what this one holds.
const page = Date.now().toString(36);
const visited = new Map<string, Heard>();
let count = 0;

/** The history's present entry becomes that of what was heard, or a new one does if it is of another sound. */
export function visit(heard: Heard): void {
  const { blob, sample_id } = heard.source;
  const present = keyOf(history.state);
  if (visited.get(present)?.source.blob === blob) {
    visited.set(present, heard);
    return;
  }
  const key = `${page} ${count++}`;
  visited.set(key, heard);
  if (visited.size > MOST) visited.delete(visited.keys().next().value ?? "");
  const linked = !visited.has(present) && sample_id !== undefined && asked().sample === sample_id;
  const state = { ...history.state, visit: key };
  // A link that has just been opened is the entry already.
  if (linked) history.replaceState(state, "");
  // A sample can be linked to; a sound of one's own is on no server.
  else history.pushState(state, "", addressWith("sample", sample_id));
}

/** Tells what an entry that was gone back or forward to is of; null: nothing, or what is no longer held. */
export function onReturn(tell: (heard: Heard | null) => void): () => void {
  const listener = ({ state }: PopStateEvent) => tell(visited.get(keyOf(state)) ?? null);
  window.addEventListener("popstate", listener);
  return () => window.removeEventListener("popstate", listener);
}

function keyOf(state: unknown): string {
  return typeof state === "object" && state !== null && "visit" in state ? String(state.visit) : "";
}
