import { describe, expect, it } from "vitest";

import { headerOf, pcm16, UNKNOWN, wavOf } from "./wav";

describe("a WAV file", () => {
  it("says what it is and how long", async () => {
    const view = new DataView(await wavOf(Float32Array.of(0, 1, -1), 48_000).arrayBuffer());
    const text = (at: number) => String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
    expect([text(0), text(8), text(12), text(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
    expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(28, true)]).toEqual([42, 48_000, 96_000]);
    expect([44, 46, 48].map((at) => view.getInt16(at, true))).toEqual([0, 32767, -32768]);
  });

  it("may go on without a length", () => {
    const view = new DataView(headerOf(44_100, UNKNOWN));
    expect([view.byteLength, view.getUint32(4, true), view.getUint32(40, true)]).toEqual([44, UNKNOWN, UNKNOWN]);
  });

  it("holds what is too loud at the end of the scale", () => {
    expect([pcm16(2), pcm16(-2), pcm16(0.5)]).toEqual([32767, -32768, 16384]);
  });
});
