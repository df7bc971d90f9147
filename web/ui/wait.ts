/** So many milliseconds, or until that event comes. */
export function wait(wait_ms: number, target: EventTarget, event: string): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      target.removeEventListener(event, end);
      done();
    };
    const timer = setTimeout(end, wait_ms);
    target.addEventListener(event, end);
  });
}
