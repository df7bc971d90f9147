"use client";

import { useCallback, useEffect, useState, type ReactNode } from "react";

import { bytes, duration } from "@/drawing/words";
import { models } from "@/session/models";
import { useSignal } from "@/session/signal";

interface Props {
  onFile: (file: File) => void;
  /** A place to drop is shown; otherwise the whole page is one. */
  inviting: boolean;
  children: ReactNode;
}

const SAID_MS = 15_000;

export function Drop({ onFile, inviting, children }: Props) {
  const [brought, setBrought] = useState(1);
  const take = useCallback(
    (files: FileList | undefined) => {
      if (!files?.[0] || isCovered()) return;
      setBrought(files.length);
      onFile(files[0]);
    },
    [onFile],
  );
  const over = useDropAndPaste(take);
  useEffect(() => {
    const timer = setTimeout(() => setBrought(1), SAID_MS);
    return () => clearTimeout(timer);
  }, [brought]);
  const frame = inviting
    ? `mx-auto max-w-3xl rounded-3xl border border-dashed px-6 py-8 sm:py-9 transition-colors ${over ? "border-accent bg-accent/10" : "border-soft/50"}`
    : "";
  return (
    <div className={frame}>
      {children}
      {inviting && (
        <p className="mt-4 text-center text-xs text-soft">
          or drop or paste one here: WAV, MP3, M4A, FLAC, Ogg, Opus, WebM and others
          <Limits />; or an analysis that was saved
        </p>
      )}
      {brought > 1 && (
        <p role="status" className="pt-3 text-sm text-soft">
          This is the first of {brought} files. For many at once there is the command line: audio-cnn classify folder/
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

function useDropAndPaste(take: (files: FileList | undefined) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
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
      take(event.dataTransfer?.files);
    };
    const onPaste = (event: ClipboardEvent) => take(event.clipboardData?.files);
    return listenAll({ dragover: onDragOver, dragleave: onDragLeave, drop: onDrop, paste: onPaste });
  }, [take]);
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
