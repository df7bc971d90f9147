"use client";

import type { ReactNode } from "react";

import { recording } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Live } from "./Live";

interface Props {
  seen?: boolean;
  /** Where in that place. */
  className?: string;
  children: ReactNode;
}

/** Gives its place to what a recording sounds like, while one goes on. It keeps its room: nothing has to move. */
export function WhileRecording({ seen = true, className = "", children }: Props) {
  const now = useSignal(recording) && seen;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)]">
      <div className={`[grid-area:1/1] ${now ? "invisible" : ""}`}>{children}</div>
      {now && (
        <div className={`self-center [grid-area:1/1] ${className}`}>
          <Live />
        </div>
      )}
    </div>
  );
}
