"use client";

import { useEffect, useRef, useState, type MouseEvent } from "react";

import { cancel } from "@/session/analyse";
import { heard, request, type Request } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { handOn } from "@/ui/hand-on";
import { Icon } from "@/ui/Icon";
import { Progress } from "@/ui/Progress";

// On a small screen it lies over the page: nothing there has to move.
const FLOATING =
  "max-lg:fixed max-lg:inset-x-4 max-lg:bottom-4 max-lg:z-40 max-lg:mx-auto max-lg:w-auto max-lg:rounded-full max-lg:border max-lg:border-line max-lg:bg-card max-lg:py-1.5 max-lg:pr-1.5 max-lg:pl-5 max-lg:shadow-xl";

const WORDS = { fetching: "Fetching", sending: "Sending", listening: "Listening to" };

/** How far the newest wish has come. */
export function UnderWay({ tall = false }: { tall?: boolean }) {
  const now = useSignal(request);
  const words = now.state === "idle" || now.state === "failed" ? "" : `${WORDS[now.state]} ${now.name}`;
  return (
    <div
      aria-live="polite"
      className={
        tall ? "flex h-16 items-center justify-center" : "ml-auto flex min-w-0 grow basis-64 items-center justify-end"
      }
    >
      {words && (
        <div className={`flex w-full max-w-xl items-center gap-3 ${tall ? "justify-center" : FLOATING}`}>
          <span className={`min-w-0 truncate text-right text-sm text-soft ${tall ? "" : "flex-1"}`}>{words}</span>
          <Progress
            value={now.state === "sending" ? now.share : null}
            label={words}
            className="h-1.5 w-28 shrink-0 sm:w-44"
          />
          <Button look="plain" small onClick={(event) => leave(event, cancel)}>
            Cancel
          </Button>
        </div>
      )}
    </div>
  );
}

/** What went wrong and the way out; what was seen before stays below. */
export function Failed() {
  const now = useSignal(request);
  return now.state === "failed" ? <Alert {...now} /> : null;
}

function Alert({ name, trouble, again }: Extract<Request, { state: "failed" }>) {
  const kept = useSignal(heard) !== null;
  const wait_s = useCountdown(trouble.retry_after_s);
  const box = useRef<HTMLDivElement>(null);
  // A sound can be dropped anywhere on the page, far from here.
  useEffect(() => void box.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <Card
      ref={box}
      warning
      className="mx-auto mt-4 mb-5 flex max-w-3xl scroll-my-4 flex-wrap items-start gap-x-6 gap-y-3 px-5 py-4"
    >
      <div role="alert" className="min-w-0 flex-1 basis-64">
        <p className="font-medium">
          {trouble.title} <span className="font-normal text-soft">· {name}</span>
        </p>
        <p className="mt-1 text-sm break-words">{trouble.detail}</p>
        <p className="mt-1 text-sm text-soft">{trouble.advice}</p>
        {kept && <p className="mt-1 text-sm text-soft">Below you still see the sound before it.</p>}
      </div>
      <div className="flex gap-2">
        {trouble.again && (
          <Button small look="filled" aria-disabled={wait_s > 0} onClick={(event) => wait_s > 0 || leave(event, again)}>
            <Icon name="again" className="size-4" />
            {wait_s > 0 ? `Try again in ${wait_s} s` : "Try again"}
          </Button>
        )}
        <Button small look="outlined" onClick={(event) => leave(event, cancel)}>
          Dismiss
        </Button>
      </div>
    </Card>
  );
}

/** Acts, with the keyboard where a sound is brought: these buttons go with what they are about. */
function leave(event: MouseEvent, act: () => void): void {
  handOn(event, document.querySelector<HTMLElement>("[data-pick]"));
  act();
}

function useCountdown(from_s: number): number {
  const [left_s, setLeft] = useState(from_s);
  useEffect(() => setLeft(from_s), [from_s]);
  useEffect(() => {
    if (left_s <= 0) return;
    const timer = setTimeout(() => setLeft(left_s - 1), 1000);
    return () => clearTimeout(timer);
  }, [left_s]);
  return left_s;
}
