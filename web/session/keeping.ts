// Whether this browser keeps what is heard, and under which names; the shelf itself comes when it is needed.
import type { Heard } from "./heard";
import { signal } from "./signal";

const SWITCH = "keeps";

/** A person can want nothing to be kept. */
export const keeps = signal(isWanted());
/** Why what was heard is not kept, in a line; empty: it is, or need not be. */
export const notKept = signal("");

export function setKeeps(wanted: boolean): void {
  keeps.set(wanted);
  notKept.set("");
  try {
    if (wanted) localStorage.removeItem(SWITCH);
    else localStorage.setItem(SWITCH, "no");
  } catch {
    // Where nothing can be stored nothing is kept either.
  }
}

function isWanted(): boolean {
  try {
    return localStorage.getItem(SWITCH) !== "no";
  } catch {
    return true;
  }
}

const names = new WeakMap<Heard, string>();

/** Null: it is not, or not yet. */
export function keptAs(heard: Heard): string | null {
  return names.get(heard) ?? null;
}

export function nameKept(heard: Heard, id: string | null): void {
  if (id === null) names.delete(heard);
  else names.set(heard, id);
}
