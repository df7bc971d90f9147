"use client";

import { useEffect, useState } from "react";

import { heard, request } from "@/session/session";
import { useSignal } from "@/session/signal";

type Panel = (typeof import("./Results"))["Results"];

const SETTLED_MS = 400;

/**
 * What was found, once there is a sound. The code for it comes while a person still chooses one, or while the
 * sound is on its way; a lazy component would show its fallback first, and that takes a while to go away.
 */
export function Outcome() {
  const found = useSignal(heard);
  const wanted = useSignal(request).state !== "idle";
  const [Results, setResults] = useState<Panel | null>(null);
  useEffect(() => {
    const fetchPanel = () => void import("./Results").then((panel) => setResults(() => panel.Results));
    if (wanted) fetchPanel();
    else return whenIdle(fetchPanel);
  }, [wanted]);
  return found && Results && <Results heard={found} />;
}

// Safari does not tell when it is idle.
function whenIdle(act: () => void): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, SETTLED_MS);
    return () => clearTimeout(timer);
  }
  const asked = window.requestIdleCallback(act, { timeout: SETTLED_MS });
  return () => window.cancelIdleCallback(asked);
}
