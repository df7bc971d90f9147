"use client";

import { useEffect, useState, type ReactNode } from "react";

import { bytes, duration } from "@/drawing/words";
import { models } from "@/session/models";
import { useSignal } from "@/session/signal";
import { broughtWith, type Brought } from "@/session/sound-files";

interface Props {
  onBrought: (brought: Brought[]) => void;
  /** A place to drop is shown; otherwise the whole page is one. */
  inviting: boolean;
  children: ReactNode;
}

export function Drop({ onBrought, inviting, children }: Props) {
  const over = useDropAndPaste(onBrought);
  const frame = inviting
    ? `group/drop mx-auto max-w-3xl rounded-3xl border border-dashed px-6 py-8 sm:py-9 transition-colors ${over ? "border-accent bg-accent/10" : "border-soft/50"}`
    : "";
  return (
    <div className={frame}>
      {children}
      {inviting && (
        <p className="mt-4 text-center text-xs text-soft group-has-data-recording/drop:hidden">
          or drop or paste some here, or a folder: WAV, MP3, M4A, FLAC, Ogg, Opus, WebM and others
          <Limits />; or an analysis that was saved
        </p>
      )}
      {over && !inviting && (
        <div
          aria-hidden
          className="pointer-events-none fixed inset-3 z-40 grid place-items-center rounded-3xl border-2 border-dashed border-accent bg-paper/80"
        >
          <p className="font-serif text-4xl">Let go to hear it</p>
        </div>
      )}
    </div>
  );
}

function Limits() {
  const [limits] = useSignal(models);
  return limits && <>, up to {[duration(limits.sound_s), bytes(limits.upload_bytes)].join(" and ")}</>;
}

function useDropAndPaste(onBrought: Props["onBrought"]): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const take = async (transfer: DataTransfer | null) => {
      if (transfer?.types.includes("Files") && !isCovered()) onBrought(await broughtWith(transfer));
    };
    const onDragOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (isCovered()) event.dataTransfer.dropEffect = "none";
      else setOver(true);
    };
    // Leaving one element for another inside the window leaves nothing.
    const onDragLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      void take(event.dataTransfer);
    };
    const onPaste = (event: ClipboardEvent) => void take(event.clipboardData);
    return listenAll({ dragover: onDragOver, dragleave: onDragLeave, drop: onDrop, paste: onPaste });
  }, [onBrought]);
  return over;
}

/** By a sheet, behind which nobody would see what becomes of the sound. */
function isCovered(): boolean {
  return document.querySelector("[role=dialog]") !== null;
}

type Listeners = { [K in keyof WindowEventMap]?: (event: WindowEventMap[K]) => void };

function listenAll(listeners: Listeners): () => void {
  const all = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of all) window.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of all) window.removeEventListener(name, listener);
  };
}
