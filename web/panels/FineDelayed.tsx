"use client";

import { mode } from "@/session/session";
import { useSignal } from "@/session/signal";
import { delayed } from "@/sound/fine";

/** Why what was chosen is not to be seen yet. */
export function FineDelayed() {
  const waits = useSignal(delayed);
  return (
    <span role="status" className="text-xs text-accent empty:hidden">
      {useSignal(mode) === "fine" && waits ? "The fine one comes once the server answers" : ""}
    </span>
  );
}
