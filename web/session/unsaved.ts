// Recordings and notes that are nowhere but on this page: the browser asks before one is lost with it.
import { keeps } from "./keeping";
import { monitor } from "./monitor";
import { recording } from "./session";

const unsaved = new Set<Blob>();

export function holdUnsaved(sound: Blob): void {
  unsaved.add(sound);
}

export function saved(sound: Blob): void {
  unsaved.delete(sound);
}

export function askBeforeLeaving(): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    const notes = !keeps.get() && monitor.get()?.passages.length;
    if (recording.get() || unsaved.size > 0 || notes) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
