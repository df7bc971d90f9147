import { describe, expect, it } from "vitest";

import type { Asked } from "./address";
import { keysOf, secondIn, type Second } from "./second";

describe("the second of a comparison", () => {
  const none = { sample: null, heard: null, model: null };

  for (const one of [{ sample: "siren" }, { heard: "f00" }, { model: "attention" }] satisfies Second[])
    it(`is in the address as it was chosen: ${JSON.stringify(one)}`, () => {
      expect(secondIn({ ...none, ...keysOf(one) } as Asked)).toEqual(one);
    });

  it("is not there where nothing is asked for", () => {
    expect(secondIn({ ...none, ...keysOf(null) } as Asked)).toBeNull();
  });
});
