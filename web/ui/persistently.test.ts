import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { persistently } from "./persistently";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
});
afterEach(() => void vi.useRealTimers());

function failing(times: number) {
  return vi.fn(async () => {
    if (times-- > 0) throw new Error("no connection");
    return "panel";
  });
}

test("what comes at once is asked for once", async () => {
  const load = failing(0);
  expect(await persistently(load)).toBe("panel");
  expect(load).toHaveBeenCalledTimes(1);
});

test("what fails is asked for again, ever more rarely", async () => {
  const load = failing(3);
  const panel = persistently(load);
  await vi.advanceTimersByTimeAsync(500 + 1000 + 1999);
  expect(load).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1);
  expect(await panel).toBe("panel");
});

test("as soon as there is a connection again", async () => {
  const load = failing(1);
  const panel = persistently(load);
  await vi.advanceTimersByTimeAsync(1);
  window.dispatchEvent(new Event("online"));
  expect(await panel).toBe("panel");
});

test("twice a minute at least", async () => {
  const load = failing(20);
  const panel = persistently(load);
  await vi.advanceTimersByTimeAsync(20 * 30_000);
  expect(await panel).toBe("panel");
});
