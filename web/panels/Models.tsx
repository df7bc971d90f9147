"use client";

import dynamic from "next/dynamic";

import { hearAgain } from "@/session/analyse";
import { choose, chosen, models, summaryOf } from "@/session/models";
import { useSignal } from "@/session/signal";
import { persistently } from "@/ui/persistently";

// Most servers have one model: nothing is to be chosen there.
const fetchSelect = () => import("@/ui/Select").then((part) => part.Select);
const Select = dynamic(() => persistently(fetchSelect), { ssr: false });

/** Which model hears; another one hears the present sound again. */
export function Models() {
  const list = useSignal(models);
  const now = summaryOf(list, useSignal(chosen));
  if (list.length < 2 || !now) return null;
  const options = list.map(({ name, parameters, classes }) => ({
    value: name,
    hint: `${classes} classes, ${(parameters / 1e6).toFixed(1)} M parameters`,
  }));
  const onChange = (name: string) => {
    choose(name);
    hearAgain();
  };
  return <Select label="Model" value={now.name} options={options} onChange={onChange} />;
}
