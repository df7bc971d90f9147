import { expect, it } from "vitest";

import { derived, signal } from "./signal";

it("what follows from signals tells when one of them changes, until it is no longer asked", () => {
  const [a, b] = [signal(1), signal(10)];
  const sum = derived([a, b], () => a.get() + b.get());
  const told: number[] = [];
  const stop = sum.subscribe(() => told.push(sum.get()));
  a.set(2);
  b.set(20);
  b.set(20);
  stop();
  a.set(3);
  expect(told).toEqual([12, 22]);
  expect(sum.get()).toBe(23);
});
