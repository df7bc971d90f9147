import { wait } from "./wait";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Loads what the page needs, again and again while the server can't be reached: what is missing comes then. */
export async function persistently<T>(load: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await load();
    } catch (error) {
      if (signal?.aborted) throw error;
      // Over as soon as there is a connection again.
      await wait(pause, window, "online");
    }
  }
}
