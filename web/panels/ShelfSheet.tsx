"use client";

import { useEffect, useState } from "react";

import { bytes } from "@/drawing/words";
import { keeps, notKept, setKeeps } from "@/session/keeping";
import { useSignal } from "@/session/signal";
import { bytesOf, MOST_BYTES, MOST_SOUNDS } from "@/shelf/bounds";
import type { Kept } from "@/shelf/kept";
import { clear, discard, lookAtShelf, shelf } from "@/shelf/shelf";
import { Button } from "@/ui/Button";
import { Sheet } from "@/ui/Sheet";
import { Switch } from "@/ui/Switch";
import { KeptRow } from "./KeptRow";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The sounds that this browser keeps, to be opened again. */
export function ShelfSheet({ open, onOpenChange }: Props) {
  const kept = useSignal(shelf);
  const trouble = useSignal(notKept);
  useEffect(() => void lookAtShelf(), []);
  const [gone, setGone] = useState<{ name: string; putBack: () => Promise<void> } | null>(null);
  const onDiscard = async (line: Kept) => setGone({ name: line.name, putBack: await discard(line) });
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="Heard"
      description="What was heard, kept in this browser alone. The shelf is sent nowhere."
    >
      <div className="flex min-h-0 flex-1 flex-col">
        {trouble && (
          <p role="alert" className="px-5 pb-2 text-sm text-accent sm:px-8">
            {trouble}
          </p>
        )}
        <ul aria-label="Sounds that were heard" className="min-h-0 flex-1 overflow-y-auto px-3 sm:px-6">
          {kept?.map((line) => (
            <KeptRow key={line.id} line={line} onOpened={() => onOpenChange(false)} onDiscard={onDiscard} />
          ))}
        </ul>
        {kept?.length === 0 && <Nothing />}
        {gone && (
          <p
            role="status"
            className="mx-5 mt-2 flex items-center justify-between gap-3 rounded-full bg-text py-1 pr-1 pl-4 text-sm text-paper sm:mx-8"
          >
            <span className="min-w-0 truncate">Deleted: {gone.name}</span>
            <Button
              small
              look="plain"
              onClick={() => void gone.putBack().then(() => setGone(null))}
              className="!text-paper hover:!bg-paper/15"
            >
              Undo
            </Button>
          </p>
        )}
        <Bounds kept={kept ?? []} onCleared={() => setGone(null)} />
      </div>
    </Sheet>
  );
}

function Nothing() {
  const wanted = useSignal(keeps);
  return (
    <p className="px-5 py-10 text-center text-sm text-soft sm:px-8">
      {wanted ? "Nothing yet. Each sound that is answered comes here." : "Nothing, and nothing is kept."}
    </p>
  );
}

function Bounds({ kept, onCleared }: { kept: Kept[]; onCleared: () => void }) {
  const wanted = useSignal(keeps);
  const [asking, setAsking] = useState(false);
  const act = () => void clear(kept.map(({ id }) => id)).then(onCleared);
  return (
    <footer className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-5 py-3 sm:px-8">
      <Switch on={wanted} onChange={setKeeps}>
        Keep what is heard
      </Switch>
      <p className="text-xs text-soft">
        {kept.length} of {MOST_SOUNDS}, {bytes(bytesOf(kept))} of {MOST_BYTES / 1e6} MB; the oldest give way
      </p>
      {kept.length > 0 && (
        <div className="ml-auto flex gap-1">
          {asking && (
            <Button small look="filled" autoFocus onClick={() => [act(), setAsking(false)]}>
              Delete {kept.length === 1 ? "it" : `all ${kept.length}`}
            </Button>
          )}
          <Button small look="plain" onClick={() => setAsking(!asking)}>
            {asking ? "Keep them" : "Clear all"}
          </Button>
        </div>
      )}
    </footer>
  );
}
