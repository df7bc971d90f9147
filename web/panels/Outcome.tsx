"use client";

import { request } from "@/session/session";
import { useSignal } from "@/session/signal";
import { useLater } from "./later";

const fetchResults = () => import("./Results").then((panel) => panel.Results);
// On its way before the page has come to life.
if (typeof window !== "undefined") fetchResults().catch(() => undefined);

/** What was found. Its code comes while a person still chooses a sound, or while the sound is on its way. */
export function Outcome() {
  const wanted = useSignal(request).state !== "idle";
  const Results = useLater(fetchResults, wanted);
  return Results && <Results hurried={wanted} />;
}
