"use client";

import { useEffect } from "react";

// It fetches every file once more, which must not delay a first sound.
const SETTLED_MS = 3000;

/** Keeps the page itself at hand for when the server is away. */
export function OfflineShell() {
  useEffect(() => {
    if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
    // Where it is not to be had (a private window, plain http) the page works all the same.
    const register = () => navigator.serviceWorker.register("/offline.js").catch(() => undefined);
    const timer = setTimeout(register, SETTLED_MS);
    return () => clearTimeout(timer);
  }, []);
  return null;
}
