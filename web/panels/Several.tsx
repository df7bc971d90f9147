"use client";

import { memo } from "react";

import { clock, percent } from "@/drawing/words";
import { analyseSound } from "@/session/analyse";
import { chosen, models, summaryOf } from "@/session/models";
import {
  closeSeveral,
  hearAllAgain,
  hearFailedAgain,
  MOST_FILES,
  several,
  type Row,
  type Several as Brought,
} from "@/session/several";
import { csvOf } from "@/session/several-table";
import { heard } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Icon } from "@/ui/Icon";
import { Progress } from "@/ui/Progress";
import { save } from "./saving";

/** The sounds that were brought together, each with its answer; a press looks into one. */
export function Several() {
  const all = useSignal(several);
  return all && <List {...all} />;
}

function List({ rows, brought }: Brought) {
  const shown = useSignal(heard)?.source.blob;
  const done = rows.filter(isDone).length;
  const words =
    done < rows.length ? `${done} of ${rows.length} sounds are named` : `All ${rows.length} sounds are named`;
  return (
    <section aria-label="Sounds brought together" className="mx-auto mt-4 max-w-[98rem] print:hidden">
      <Card className="pt-3 pb-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pr-3 pl-5">
          <p className="text-sm font-medium">{words}</p>
          {done < rows.length && <Progress value={done / rows.length} label={words} className="h-1.5 w-28 sm:w-44" />}
          <span role="status" className="sr-only">
            {done === rows.length && words}
          </span>
          <div className="ml-auto flex flex-wrap gap-1.5">
            <Ways rows={rows} />
          </div>
        </div>
        {brought > rows.length && (
          <p className="px-5 pt-1 text-xs text-soft">
            The first {MOST_FILES} of {brought}. For more there is the command line: audio-cnn classify folder/
          </p>
        )}
        <ul className="mt-2 grid max-h-64 gap-x-2 overflow-y-auto px-2 sm:max-h-80 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
          {rows.map((row, i) => (
            <Line key={i} row={row} shown={row.file === shown} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function Ways({ rows }: { rows: readonly Row[] }) {
  const now = summaryOf(useSignal(models), useSignal(chosen))?.name;
  const others = rows.some(({ named }) => named && now && named.answer.model !== now);
  const failed = rows.some(({ trouble }) => trouble?.again);
  const table = () => save(new Blob([csvOf(rows)], { type: "text/csv" }), "sounds.csv");
  return (
    <>
      {failed && (
        <Button small onClick={hearFailedAgain}>
          <Icon name="again" className="size-4" />
          Try again
        </Button>
      )}
      {others && (
        <Button small onClick={hearAllAgain}>
          Name them with {now}
        </Button>
      )}
      <Button small aria-disabled={!rows.some(isDone)} onClick={table}>
        <Icon name="save" className="size-4" />
        Table
      </Button>
      <Button small look="plain" onClick={closeSeveral}>
        Close
      </Button>
    </>
  );
}

const Line = memo(function Line({ row, shown }: { row: Row; shown: boolean }) {
  const { name, file, named, trouble } = row;
  return (
    <li className="[contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]">
      <button
        type="button"
        aria-current={shown || undefined}
        onClick={() => void analyseSound({ name, blob: file })}
        className={`grid min-h-14 w-full grid-cols-[2.25rem_minmax(0,1fr)] items-center gap-x-2 rounded-2xl px-2 py-2 text-left ${shown ? "bg-accent/10 hover:bg-accent/15" : "hover:bg-line/40"}`}
      >
        <span aria-hidden className="text-center text-2xl">
          {named?.headline?.emoji ?? (trouble ? "⚠️" : "·")}
        </span>
        <span className="min-w-0">
          <span className="block truncate text-sm font-medium">{name}</span>
          <span className={`block truncate text-xs ${trouble ? "text-accent" : "text-soft"}`} title={trouble?.detail}>
            {wordsOf(row)}
          </span>
        </span>
      </button>
    </li>
  );
});

function isDone({ named, trouble }: Row): boolean {
  return Boolean(named ?? trouble);
}

function wordsOf({ named, trouble }: Row): string {
  if (trouble) return trouble.title;
  if (!named) return "waits";
  const { answer, verdict, headline } = named;
  const best = answer.predictions[0];
  const one = verdict === "known" && answer.sounds.length < 2 && best;
  return `${headline?.alone ?? ""}${one ? `, ${percent(best.confidence)}` : ""} · ${clock(answer.duration_s)}`;
}
