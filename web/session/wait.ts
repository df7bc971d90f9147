/** So many milliseconds, or until the signal says stop. */
export function wait(wait_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, wait_ms);
    signal.addEventListener("abort", end);
  });
}
