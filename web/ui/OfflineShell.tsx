"use client";

import { useEffect } from "react";

/** Keeps the page itself at hand for when the server is away. */
export function OfflineShell() {
  useEffect(() => {
    if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
    // Where it is not to be had (a private window, plain http) the page works all the same.
    navigator.serviceWorker.register("/offline.js").catch(() => undefined);
  }, []);
  return null;
}
