"use client";

import { createContext, useContext, useEffect, useState } from "react";

import { useCloseRequest } from "./close-request";
import { Button } from "./Button";
import { Progress } from "./Progress";

const LONG_MS = 10_000;

/** What closes the panel that is to open. */
export const GivingUp = createContext<() => void>(() => undefined);

/** Where a panel is to open whose code is still on its way. */
export function Opening() {
  const long = useLong();
  const giveUp = useContext(GivingUp);
  useCloseRequest(true, giveUp);
  useEscape(giveUp);
  return (
    <div role="status" className="pointer-events-none fixed inset-0 z-50 grid place-items-center">
      <div className="grid max-w-sm animate-[rise_.2s_.3s_both] justify-items-center gap-3 rounded-3xl border border-line bg-card px-6 py-4 text-center text-sm shadow-xl">
        <Progress value={null} label="Opening" className="h-1.5 w-44" />
        {long && (
          <>
            <p>The server is away, or has another version of this page by now.</p>
            <Button small onClick={() => location.reload()} className="pointer-events-auto">
              Reload the page
            </Button>
          </>
        )}
        <Button look="plain" small onClick={giveUp} className="pointer-events-auto">
          Cancel
        </Button>
      </div>
    </div>
  );
}

function useEscape(act: () => void): void {
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => key === "Escape" && act();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [act]);
}

function useLong(): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return long;
}
