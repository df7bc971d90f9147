"use client";

import { useMemo } from "react";

import { isInside } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { view } from "@/session/session";
import { derived, useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { windowWords } from "./maps";

/** Of a longer sound the network shows what it saw in one window: the one that decided. There, and back. */
export function WindowShown({ heard }: { heard: Heard }) {
  const inside = useMemo(() => derived([view], () => isInside(view.get(), heard.window)), [heard]);
  const there = useSignal(inside);
  if (heard.document.timeline.length < 2) return null;
  return (
    <Button
      look="plain"
      small
      className="!shrink text-left"
      onClick={() => view.set(there ? heard.whole : heard.window)}
    >
      {there ? "Zoom out from the window that decided" : `Zoom in on ${windowWords(heard)}, the window that decided`}
    </Button>
  );
}
