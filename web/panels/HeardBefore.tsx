"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";

import { keeps, notKept } from "@/session/keeping";
import { heard } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Opening } from "@/ui/Opening";
import { whenIdle } from "@/ui/idle";
import { persistently } from "@/ui/persistently";

const fetchShelfSheet = () => import("./ShelfSheet").then((panel) => panel.ShelfSheet);
const ShelfSheet = dynamic(() => persistently(fetchShelfSheet), { ssr: false, loading: Opening });

const SAID_MS = 8000;
// What is to be seen of a sound, and its entry in the history, come first.
const SETTLED_MS = 250;

/** What this browser keeps of what it heard, and that it keeps it. */
export function HeardBefore() {
  const [open, setOpen] = useState(false);
  useKept();
  return (
    <div className="relative">
      <Button look="plain" onClick={() => setOpen(true)} className="!px-2 sm:!px-3">
        <Icon name="shelf" />
        Heard
      </Button>
      <NotKept />
      {open && <ShelfSheet open onOpenChange={setOpen} />}
    </div>
  );
}

/** In a line that moves nothing, and goes again. */
function NotKept() {
  const why = useSignal(notKept);
  const [said, setSaid] = useState("");
  useEffect(() => {
    setSaid(why);
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [why]);
  return (
    <span
      role="status"
      className="absolute top-full left-1/2 z-40 mt-1 w-max max-w-[min(80vw,24rem)] -translate-x-1/2 rounded-2xl bg-text px-3 py-1.5 text-xs text-paper empty:hidden"
    >
      {said}
    </span>
  );
}

function useKept(): void {
  const found = useSignal(heard);
  const wanted = useSignal(keeps);
  useEffect(() => {
    if (!found || !wanted) return;
    let callOff: () => void = () => undefined;
    const keep = () => void persistently(() => import("@/shelf/shelf")).then((shelf) => shelf.keep(found));
    const timer = setTimeout(() => (callOff = whenIdle(keep)), SETTLED_MS);
    return () => {
      clearTimeout(timer);
      callOff();
    };
  }, [found, wanted]);
}
