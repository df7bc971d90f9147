import "fake-indexeddb/auto";

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { Heard } from "@/session/heard";
import { keeps, keptAs, notKept } from "@/session/keeping";
import { rehearsal } from "@/session/rehearsal";
import { heard as shown } from "@/session/session";
import { MOST_SOUNDS } from "./bounds";
import { BLOCKED, FULL, clear, discard, keep, lookAtShelf, rename, shelf, take } from "./shelf";

const heardNow = (name: string, sound = name): Heard => {
  const made = rehearsal();
  const document = { ...made.document, model: "mine" };
  return { ...made, document, source: { name, blob: new Blob([sound], { type: "audio/wav" }) } };
};
const names = () => shelf.get()?.map(({ name }) => name);

// Of the page only the address is written to.
beforeAll(() => vi.stubGlobal("history", { state: null, replaceState: () => undefined }));
beforeEach(async () => {
  let now = 0;
  vi.spyOn(Date, "now").mockImplementation(() => ++now);
  await lookAtShelf();
  await clear(shelf.get()?.map(({ id }) => id) ?? []);
});
afterEach(() => {
  vi.restoreAllMocks();
  keeps.set(true);
  notKept.set("");
  shown.set(null);
});

describe("the shelf", () => {
  it("gives back what it was given: sound, answer and name", async () => {
    const before = heardNow("rain.wav");
    await keep(before);
    const after = await take(keptAs(before) ?? "");
    expect(after.document).toEqual(before.document);
    expect(after.verdict).toBe(before.verdict);
    expect(after.source.name).toBe("rain.wav");
    expect(after.source.blob.type).toBe("audio/wav");
    expect(await after.source.blob.text()).toBe("rain.wav");
    expect(keptAs(after)).toBe(keptAs(before));
  });

  it("keeps a sound once, however often it is heard, and under the name it was given", async () => {
    await keep(heardNow("rain.wav"));
    await keep(heardNow("wind.wav"));
    await rename(shelf.get()?.[1] ?? never(), "Rain on a roof");
    await keep(heardNow("rain.wav"));
    expect(names()).toEqual(["Rain on a roof", "wind.wav"]);
  });

  it("lets the oldest go, but never what is shown", async () => {
    const first = heardNow("first");
    await keep(first);
    shown.set(first);
    for (let i = 0; i < MOST_SOUNDS; i++) await keep(heardNow(`${i}`));
    expect(names()).toHaveLength(MOST_SOUNDS);
    expect(names()).toContain("first");
    expect(names()).not.toContain("0");
  });

  it("takes a deletion back", async () => {
    await keep(heardNow("rain.wav"));
    const putBack = await discard(shelf.get()?.[0] ?? never());
    expect(names()).toEqual([]);
    await putBack();
    expect(await (await take(shelf.get()?.[0]?.id ?? "")).source.blob.text()).toBe("rain.wav");
  });

  it("keeps nothing where nothing is wanted, and says what it has not", async () => {
    keeps.set(false);
    await keep(heardNow("rain.wav"));
    expect(names()).toEqual([]);
    await expect(take("gone")).rejects.toMatchObject({ title: "It is not on the shelf" });
  });

  it("makes room by letting old ones go where the browser has none, and says so where that does not help", async () => {
    await keep(heardNow("old"));
    await keep(heardNow("newer"));
    const put = IDBObjectStore.prototype.put;
    let refusals = 1;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value: unknown) {
      if (refusals-- > 0) throw new DOMException("", "QuotaExceededError");
      return put.call(this, value);
    });
    await keep(heardNow("newest"));
    expect([names(), notKept.get()]).toEqual([["newest", "newer"], ""]);
    refusals = Infinity;
    await keep(heardNow("one more"));
    expect(notKept.get()).toBe(FULL);
  });

  it("says where the browser lets it store nothing", async () => {
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
      throw new DOMException("", "SecurityError");
    });
    await keep(heardNow("rain.wav"));
    expect(notKept.get()).toBe(BLOCKED);
    await expect(take("any")).rejects.toMatchObject({ title: "It is not on the shelf" });
  });
});

function never(): never {
  throw new Error("nothing is kept");
}
