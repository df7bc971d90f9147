import { useEffect, useState } from "react";

import { asTrouble, type Trouble } from "@/api/trouble";

export type Fetched<T> = { state: "waiting" } | { state: "here"; value: T } | { state: "failed"; trouble: Trouble };

/** What a request gives; asked anew when `key` changes, given up when nobody looks any more. */
export function useFetched<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [fetched, setFetched] = useState<Fetched<T>>({ state: "waiting" });
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    const keep = (next: Fetched<T>) => !controller.signal.aborted && setFetched(next);
    keep({ state: "waiting" });
    ask(controller.signal).then(
      (value) => keep({ state: "here", value }),
      (error: unknown) => keep({ state: "failed", trouble: asTrouble(error) }),
    );
    return () => controller.abort();
    // `ask` is the same question as long as the key is the same.
  }, [key]);
  return fetched;
}
