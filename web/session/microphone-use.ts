// Who has the microphone: one at a time, from the moment it is asked for.
import { signal } from "./signal";

export type Use = "recording" | "listening";

export const microphoneUse = signal<Use | null>(null);
/** Why there is none, or no more; empty: nothing to tell. */
export const microphoneNotice = signal("");

/** False: it is taken. */
export function takeMicrophone(use: Use): boolean {
  if (microphoneUse.get()) return false;
  microphoneUse.set(use);
  microphoneNotice.set("");
  return true;
}

export function giveMicrophoneBack(notice = ""): void {
  microphoneUse.set(null);
  microphoneNotice.set(notice);
}
