// What was heard in this visit: the browser's buttons go back and forward through it.
import { addressWith, asked, rememberInAddress } from "./address";
import type { Heard } from "./heard";
import { keptAs } from "./keeping";
import { keysOf } from "./second";

const MOST = 50;

// A reload begins anew: what history remembers of the page before is not taken for what this one holds.
const page = Date.now().toString(36);
const visited = new Map<string, Heard>();
let count = 0;

/** The history's present entry becomes that of what was heard, or a new one does: of another sound, or model. */
export function visit(heard: Heard): void {
  const present = keyOf(history.state);
  const before = visited.get(present);
  if (before?.source.blob === heard.source.blob && before.model === heard.model) {
    visited.set(present, heard);
    return rememberInAddress(wayTo(heard));
  }
  const key = `${page} ${count++}`;
  visited.set(key, heard);
  if (visited.size > MOST) visited.delete(visited.keys().next().value ?? "");
  // A link that has just been opened is the entry already, with whatever it compares.
  if (!before && isAsked(heard)) return history.replaceState({ ...history.state, visit: key }, "");
  const { compares, ...state } = history.state ?? {};
  history.pushState({ ...state, visit: key }, "", addressWith({ ...wayTo(heard), ...keysOf(null) }));
}

/** An entry of its own for the invitation. */
export function visitInvitation(): void {
  const { compares, ...state } = history.state ?? {};
  history.pushState({ ...state, visit: "" }, "", addressWith({ sample: null, heard: null, ...keysOf(null) }));
}

/** Of what was heard, the entry that is present tells how to open it again. */
export function rememberWayTo(heard: Heard): void {
  if (visited.get(keyOf(history.state)) === heard) rememberInAddress(wayTo(heard));
}

/** Tells what an entry that was gone back or forward to is of; null: nothing, or what is no longer held. */
export function onReturn(tell: (heard: Heard | null) => void): () => void {
  const listener = ({ state }: PopStateEvent) => tell(visited.get(keyOf(state)) ?? null);
  window.addEventListener("popstate", listener);
  return () => window.removeEventListener("popstate", listener);
}

// A sample can be linked to; a sound of one's own is on no server, but may be kept here.
function wayTo(heard: Heard) {
  const sample = heard.source.sample_id;
  return { sample, heard: sample ? null : keptAs(heard), model: heard.model };
}

/** The address is that of what was heard. */
export function isAsked(heard: Heard): boolean {
  const { sample, heard: kept, model } = wayTo(heard);
  const now = asked();
  // What is kept is of one model, whatever the address has.
  return sample ? now.sample === sample && now.model === model : Boolean(kept) && now.heard === kept;
}

function keyOf(state: unknown): string {
  return typeof state === "object" && state !== null && "visit" in state ? String(state.visit) : "";
}
