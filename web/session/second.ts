// What the sound of the page is compared with: another sound, or what another network made of the same one.
import { addressWith, asked, rememberInAddress, type Asked } from "./address";
import { signal } from "./signal";

/** A sample, a sound that this browser keeps, or another model of the server. */
export type Second = { sample: string } | { heard: string } | { model: string };

/** Null: nothing is compared. */
export const second = signal<Second | null>(null);

/** As the address has it, also after the browser's back and forward buttons. */
export function compareAsAsked(): void {
  const next = secondIn(asked());
  if (JSON.stringify(next) !== JSON.stringify(second.get())) second.set(next);
}

export function secondIn(address: Asked): Second | null {
  if (address.with) return { sample: address.with };
  if (address["with-heard"]) return { heard: address["with-heard"] };
  return address.versus ? { model: address.versus } : null;
}

/** What a link to a comparison has beside the sound. */
export function keysOf(next: Second | null) {
  return {
    with: next && "sample" in next ? next.sample : null,
    "with-heard": next && "heard" in next ? next.heard : null,
    versus: next && "model" in next ? next.model : null,
  };
}

/** An entry of the history of its own, unless one comparison follows another. */
export function compareWith(next: Second): void {
  const state = { ...history.state, compares: true };
  if (second.get()) rememberInAddress(keysOf(next));
  else history.pushState(state, "", addressWith(keysOf(next)));
  second.set(next);
}

/** Back to the sound alone; a link that was opened has nothing to go back to. */
export function leaveComparison(): void {
  second.set(null);
  if (history.state?.compares) history.back();
  else rememberInAddress(keysOf(null));
}
