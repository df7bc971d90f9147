"use client";

import { useState } from "react";

import type { Trouble } from "@/api/trouble";
import { show } from "@/session/analyse";
import { differenceOf } from "@/session/difference";
import type { Heard } from "@/session/heard";
import { hearerOf, models, prefer } from "@/session/models";
import { leaveComparison, second as compared, type Second } from "@/session/second";
import { useSignal } from "@/session/signal";
import { secondOf } from "@/shelf/second";
import { Button } from "@/ui/Button";
import { Progress } from "@/ui/Progress";
import { Sheet } from "@/ui/Sheet";
import { Comparison } from "./Comparison";
import { SecondSheet } from "./SecondSheet";
import { useFetched } from "./fetched";

interface Props {
  heard: Heard;
  second: Second;
}

/** Two answers beside each other, over the page. */
export function CompareSheet({ heard, second }: Props) {
  const [choosing, setChoosing] = useState(false);
  const list = useSignal(models);
  const key = `${heard.document.id} ${heard.document.model} ${JSON.stringify(second)}`;
  const fetched = useFetched(key, (signal) => secondOf(heard, second, signal));
  const other = fetched.state === "here" ? fetched.value : null;
  const difference = other && differenceOf(heard, other, [hearerOf(list, heard), hearerOf(list, other)]);
  return (
    <Sheet
      wide
      open
      onOpenChange={(open) => !open && leaveComparison()}
      title={difference?.title ?? "Compare"}
      description={difference?.words ?? `Beside ${heard.source.name}`}
    >
      {fetched.state === "waiting" && (
        <Progress value={null} label="Listening to the second one" className="mx-8 my-12 h-1.5" />
      )}
      {fetched.state === "failed" && <Failed trouble={fetched.trouble} />}
      {other && <Comparison sides={[heard, other]} />}
      <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-2.5 sm:px-8">
        {other && (
          <Button small look="plain" onClick={() => showAlone(other)}>
            Only B
          </Button>
        )}
        <Button small onClick={() => setChoosing(true)}>
          Compare with another
        </Button>
      </footer>
      {choosing && <SecondSheet heard={heard} open onOpenChange={setChoosing} />}
    </Sheet>
  );
}

function Failed({ trouble }: { trouble: Trouble }) {
  return (
    <div role="alert" className="px-5 py-8 sm:px-8">
      <p className="font-medium">{trouble.title}</p>
      <p className="mt-1 text-sm">{trouble.detail}</p>
      <p className="mt-1 text-sm text-soft">{trouble.advice}</p>
    </div>
  );
}

function showAlone(other: Heard): void {
  compared.set(null);
  prefer(other.model);
  show(other);
}
