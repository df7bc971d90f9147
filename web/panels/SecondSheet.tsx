"use client";

import { useEffect, type ReactNode } from "react";

import { fetchSamples } from "@/api/client";
import { hasSound, type Heard } from "@/session/heard";
import { keptAs } from "@/session/keeping";
import { hearerOf, models } from "@/session/models";
import { compareWith, type Second } from "@/session/second";
import { useSignal } from "@/session/signal";
import { lookAtShelf, shelf } from "@/shelf/shelf";
import { Sheet } from "@/ui/Sheet";
import { KeptWords } from "./KeptRow";
import { hintOf } from "./Models";
import { useFetched } from "./fetched";

interface Props {
  heard: Heard;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Which second one: what another network makes of the sound, or another sound. */
export function SecondSheet({ heard, open, onOpenChange }: Props) {
  const choose = (second: Second) => {
    onOpenChange(false);
    compareWith(second);
  };
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="Compare"
      description={`What is to stand beside ${heard.source.name}?`}
    >
      <div className="min-h-0 overflow-y-auto px-5 pb-8 sm:px-8">
        {hasSound(heard.source) && <Networks heard={heard} choose={choose} />}
        <Samples heard={heard} choose={choose} />
        <Kept heard={heard} choose={choose} />
      </div>
    </Sheet>
  );
}

interface Choosing {
  heard: Heard;
  choose: (second: Second) => void;
}

function Networks({ heard, choose }: Choosing) {
  const list = useSignal(models);
  const now = hearerOf(list, heard);
  const others = list.filter(({ name }) => name !== now);
  if (others.length === 0) return null;
  return (
    <Group title="The same sound, heard by another network">
      <ul className="grid gap-2 sm:grid-cols-2">
        {others.map((model) => (
          <li key={model.name}>
            <button
              type="button"
              onClick={() => choose({ model: model.name })}
              className="grid min-h-12 w-full rounded-2xl border border-line bg-card px-4 py-2 text-left hover:border-soft"
            >
              <span className="truncate text-sm font-medium">{model.name}</span>
              <span className="truncate text-xs text-soft">{hintOf(model)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Samples({ heard, choose }: Choosing) {
  const samples = useFetched("samples", fetchSamples);
  if (samples.state !== "here") return null;
  const others = samples.value.filter(({ id }) => id !== heard.source.sample_id);
  return (
    <Group title="A sample, heard by the same network">
      <ul className="flex flex-wrap gap-2">
        {others.map(({ id, emoji, title }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => choose({ sample: id })}
              className="min-h-9 rounded-full border border-line bg-card px-3.5 text-xs hover:border-soft"
            >
              {emoji}&ensp;{title}
            </button>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Kept({ heard, choose }: Choosing) {
  const kept = useSignal(shelf);
  useEffect(() => void lookAtShelf(), []);
  const others = kept?.filter(({ id }) => id !== keptAs(heard)) ?? [];
  if (others.length === 0) return null;
  return (
    <Group title="What was heard, as it was">
      <ul className="-mx-2">
        {others.map((line) => (
          <li key={line.id}>
            <button
              type="button"
              onClick={() => choose({ heard: line.id })}
              className="grid min-h-14 w-full grid-cols-[2.25rem_minmax(0,1fr)] items-center gap-x-2 rounded-2xl px-2 py-2 text-left hover:bg-line/40"
            >
              <KeptWords line={line} />
            </button>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="pt-4">
      <h3 className="pb-2.5 text-sm text-soft">{title}</h3>
      {children}
    </section>
  );
}
