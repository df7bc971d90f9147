import { describe, expect, it } from "vitest";

import { MOST_BYTES, MOST_SOUNDS, surplusOf } from "./bounds";

const lines = (count: number, size_bytes: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `${i}`, heard_ms: i, size_bytes }));
const idsOf = (gone: { id: string }[]) => gone.map(({ id }) => id);

describe("what gives way on the shelf", () => {
  it("is nothing while there is room", () => {
    expect(surplusOf(lines(MOST_SOUNDS, 10), [])).toEqual([]);
  });

  it("is the oldest of too many, in whatever order they come", () => {
    expect(idsOf(surplusOf(lines(MOST_SOUNDS + 2, 10).reverse(), []))).toEqual(["0", "1"]);
  });

  it("is as many as it takes for the bytes to fit", () => {
    expect(idsOf(surplusOf(lines(5, MOST_BYTES / 3), []))).toEqual(["0", "1"]);
  });

  it("is never what is spared, even where nothing else is left", () => {
    expect(idsOf(surplusOf(lines(4, MOST_BYTES / 2), ["0"]))).toEqual(["1", "2"]);
    expect(surplusOf(lines(1, 2 * MOST_BYTES), ["0"])).toEqual([]);
  });
});
