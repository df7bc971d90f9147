"use client";

import { useState, type KeyboardEvent } from "react";

import { asTrouble } from "@/api/trouble";
import { clock, percent } from "@/drawing/words";
import { keptAs, notKept } from "@/session/keeping";
import { compareWith } from "@/session/second";
import { heard } from "@/session/session";
import { useSignal } from "@/session/signal";
import type { Kept } from "@/shelf/kept";
import { rename, take } from "@/shelf/shelf";
import { savedOf } from "@/shelf/saved";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { openKept } from "./opening";
import { save, stemOf } from "./saving";

const MENU_MS = 60;

interface Props {
  line: Kept;
  onOpened: () => void;
  onDiscard: (line: Kept) => void;
}

/** A sound on the shelf: a press opens it, a menu holds the rest. */
export function KeptRow({ line, onOpened, onDiscard }: Props) {
  const [naming, setNaming] = useState(false);
  const found = useSignal(heard);
  const now = found !== null && keptAs(found) === line.id;
  const open = () => {
    openKept(line.id, line.name);
    onOpened();
  };
  const compare = () => {
    onOpened();
    compareWith({ heard: line.id });
  };
  const entries: MenuEntry[] = [
    ...(found && !now ? [{ title: "Compare with what is shown", onSelect: compare }] : []),
    // The menu gives the keyboard back to its button first.
    { title: "Rename", onSelect: () => setTimeout(() => setNaming(true), MENU_MS) },
    { title: "Save, with its sound", hint: "JSON", onSelect: () => void exportKept(line) },
    { title: "Delete", onSelect: () => onDiscard(line) },
  ];
  return (
    <li
      className={`flex items-center gap-1 rounded-2xl pr-1 ${now ? "bg-accent/10 hover:bg-accent/15" : "hover:bg-line/40"}`}
    >
      {naming ? (
        <Naming line={line} onDone={() => setNaming(false)} />
      ) : (
        <button
          type="button"
          aria-current={now || undefined}
          onClick={open}
          className="grid min-h-14 min-w-0 flex-1 grid-cols-[2.25rem_minmax(0,1fr)] items-center gap-x-2 rounded-2xl px-2 py-2 text-left"
        >
          <KeptWords line={line} />
        </button>
      )}
      <Menu entries={entries}>
        <Button look="plain" aria-label={`More about ${line.name}`} className="!px-3">
          <Icon name="more" />
        </Button>
      </Menu>
    </li>
  );
}

/** What the shelf tells of a sound, in two lines beside its face. */
export function KeptWords({ line }: { line: Kept }) {
  const { emoji, name, answer, confidence, duration_s, model, heard_ms } = line;
  return (
    <>
      <span aria-hidden className="text-center text-2xl">
        {emoji}
      </span>
      <span className="min-w-0">
        <span className="block truncate text-sm font-medium">{name}</span>
        <span className="block truncate text-xs text-soft">
          {answer}
          {confidence !== null && `, ${percent(confidence)}`} · {when(heard_ms)} · {model} · {clock(duration_s)}
        </span>
      </span>
    </>
  );
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** "14:05" of today, "3 Nov" before. */
function when(time_ms: number): string {
  const today = new Date().toDateString() === new Date(time_ms).toDateString();
  return (today ? HOUR : DAY).format(time_ms);
}

const LONGEST_NAME = 120;

/** Enter and leaving the field keep the name, Escape takes it back. */
function Naming({ line, onDone }: { line: Kept; onDone: () => void }) {
  const keep = (written: string) => {
    const name = written.trim();
    if (name && name !== line.name) void rename(line, name);
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const field = event.currentTarget;
    if (event.key === "Escape") field.value = line.name;
    if (event.key === "Escape" || event.key === "Enter") field.blur();
  };
  return (
    <input
      type="text"
      autoFocus
      aria-label={`Name of ${line.name}`}
      defaultValue={line.name}
      maxLength={LONGEST_NAME}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={(event) => keep(event.currentTarget.value)}
      className="my-1.5 min-h-11 min-w-0 flex-1 rounded-xl border border-line bg-card px-3 text-sm"
    />
  );
}

async function exportKept({ id, name }: Kept): Promise<void> {
  try {
    save(await savedOf(await take(id), true), `${stemOf(name)}.json`);
  } catch (error) {
    notKept.set(asTrouble(error).detail);
  }
}
