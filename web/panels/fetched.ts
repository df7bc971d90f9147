import { useEffect, useState } from "react";

import { asTrouble, type Trouble } from "@/api/trouble";
import { persistently } from "@/ui/persistently";

export type Fetched<T> = { state: "waiting" } | { state: "here"; value: T } | { state: "failed"; trouble: Trouble };

/**
 * What a request gives; asked anew when `key` changes, given up when nobody looks any more. What the page cannot do
 * without is asked for `again` and again after it has failed.
 */
export function useFetched<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>, again = false): Fetched<T> {
  const [fetched, setFetched] = useState<Fetched<T>>({ state: "waiting" });
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    const keep = (next: Fetched<T>) => !controller.signal.aborted && setFetched(next);
    keep({ state: "waiting" });
    const { signal } = controller;
    const once = async () => {
      try {
        keep({ state: "here", value: await ask(signal) });
      } catch (error) {
        keep({ state: "failed", trouble: asTrouble(error) });
        throw error;
      }
    };
    (again ? persistently(once, signal) : once()).catch(() => undefined);
    return () => controller.abort();
    // `ask` is the same question as long as the key is the same.
  }, [key]);
  return fetched;
}
