"use client";

import { clock } from "@/drawing/words";
import type { Heard } from "@/session/heard";
import { view } from "@/session/session";
import { Button } from "@/ui/Button";

/** Of a longer sound the network shows what it saw in one window: the one that decided. */
export function WindowShown({ heard }: { heard: Heard }) {
  const { timeline, duration_s } = heard.document;
  if (timeline.length < 2) return null;
  const { from_s, to_s } = heard.window;
  return (
    <Button look="plain" small onClick={() => view.set(heard.window)}>
      Zoom in on {clock(from_s, duration_s)} to {clock(to_s, duration_s)}, the window that decided
    </Button>
  );
}
