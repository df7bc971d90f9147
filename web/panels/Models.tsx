"use client";

import dynamic from "next/dynamic";

import type { ModelSummary } from "@/api/client";
import { percent } from "@/drawing/words";
import { hearAgain } from "@/session/analyse";
import { choose, chosen, models, prefer, summaryOf } from "@/session/models";
import { heard } from "@/session/session";
import { useSignal } from "@/session/signal";
import { persistently } from "@/ui/persistently";

// A server may have one model only: nothing is to be chosen there.
const fetchSelect = () => import("@/ui/Select").then((part) => part.Select);
const Select = dynamic(() => persistently(fetchSelect), { ssr: false, loading: Room });

/** Which model hears; another one hears the present sound again. */
export function Models() {
  const list = useSignal(models);
  const now = summaryOf(list, useSignal(chosen));
  if (list.length === 0) return <Room />;
  if (list.length < 2 || !now) return null;
  const options = list.map((model) => ({ value: model.name, hint: hintOf(model) }));
  const onChange = (name: string) => {
    // A link to what is shown stays one until the other model has answered, which is an entry of its own.
    if (heard.get()) prefer(name);
    else choose(name);
    hearAgain();
  };
  return <Select label="Model" value={now.name} options={options} onChange={onChange} />;
}

/** Until it is known which models there are: what stands beside it need not move then. */
function Room() {
  return <span aria-hidden className="min-h-11 w-[11.3rem]" />;
}

export function hintOf({ classes, parameters, accuracy }: ModelSummary): string {
  const measured = accuracy === null ? "" : `${percent(accuracy)} accuracy, `;
  return `${measured}${classes} classes, ${(parameters / 1e6).toFixed(1)} M parameters`;
}
