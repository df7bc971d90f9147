import { describe, expect, it } from "vitest";

import { Sent } from "./sent";

describe("what was sent", () => {
  it("was heard when its samples were, also after some were left out", () => {
    const sent = new Sent(1000);
    sent.add(1000, 50_000);
    sent.add(1000, 51_000);
    sent.add(1000, 60_000);

    expect(sent.span(0, 2)).toEqual({ from_ms: 50_000, to_ms: 52_000 });
    expect(sent.span(1.5, 2.5)).toEqual({ from_ms: 51_500, to_ms: 60_500 });
  });

  it("is not kept for ever", () => {
    const sent = new Sent(10);
    for (let i = 0; i < 10_000; i++) sent.add(10, 1000 * i);

    expect(sent.span(9_995, 10_000)).toEqual({ from_ms: 9_995_000, to_ms: 10_000_000 });
    expect(JSON.stringify(sent).length).toBeLessThan(5_000);
  });
});
