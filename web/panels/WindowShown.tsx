"use client";

import type { Heard } from "@/session/heard";
import { view } from "@/session/session";
import { Button } from "@/ui/Button";
import { windowWords } from "./maps";

/** Of a longer sound the network shows what it saw in one window: the one that decided. */
export function WindowShown({ heard }: { heard: Heard }) {
  if (heard.document.timeline.length < 2) return null;
  return (
    <Button look="plain" small onClick={() => view.set(heard.window)}>
      Zoom in on {windowWords(heard)}, the window that decided
    </Button>
  );
}
