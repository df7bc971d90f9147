const LONGEST_MS = 400;

/** Acts once the page has nothing to do; gives a way to call it off. */
export function whenIdle(act: () => void): () => void {
  // Safari does not tell when it is idle.
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, LONGEST_MS);
    return () => clearTimeout(timer);
  }
  const asked = window.requestIdleCallback(act, { timeout: LONGEST_MS });
  return () => window.cancelIdleCallback(asked);
}
