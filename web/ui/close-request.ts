import { useEffect, useRef } from "react";

interface CloseWatcher {
  onclose: (() => void) | null;
  destroy: () => void;
}

declare global {
  interface Window {
    /** Not in Safari; there Back leaves the result. */
    CloseWatcher?: new () => CloseWatcher;
  }
}

/** Closes what is open when the device asks for it, as the Back button of a phone does. */
export function useCloseRequest(open: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open || !window.CloseWatcher) return;
    const watcher = new window.CloseWatcher();
    watcher.onclose = () => latest.current();
    return () => watcher.destroy();
  }, [open]);
}
