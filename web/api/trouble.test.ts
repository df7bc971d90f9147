import { describe, expect, it } from "vitest";

import { asTrouble, troubleOf, unreachable } from "./trouble";

describe("troubles", () => {
  const problem = (slug: string, detail: string) => ({
    type: `/problems/${slug}`,
    title: "Too busy",
    detail,
    status: 429,
    request_id: "1",
  });

  it("speak with the server's words and say when to come back", () => {
    const trouble = troubleOf(429, problem("busy", "32 requests are under way; come back in a moment"), "3");
    expect(trouble).toMatchObject({ title: "Too busy", again: true, retry_after_s: 3 });
    expect(trouble.detail).toBe("32 requests are under way; come back in a moment.");
  });

  it("do not offer to send again what will be refused again", () => {
    for (const status of [413, 415, 422]) expect(troubleOf(status, problem("x", "y"), null).again).toBe(false);
    for (const status of [504, 500]) expect(troubleOf(status, null, null).again).toBe(true);
    expect(unreachable().again).toBe(true);
    const slow = { ...problem("slow-upload", "it did not arrive within 30 s"), limit: "upload_s" };
    expect(troubleOf(413, slow, null)).toMatchObject({ again: true, advice: expect.stringContaining("shorter piece") });
  });

  it("advise what helps against the limit that was met", () => {
    const advice = (limit?: string) => troubleOf(413, { ...problem("too-large", "too large"), limit }, null).advice;
    expect(advice("bytes")).toContain("MP3");
    expect(advice("decoded_s")).not.toContain("MP3");
    expect(advice("channels")).toContain("one or two channels");
  });

  it("say once what to do", () => {
    const long = { ...problem("too-large", "longer than 300 s; cut it into shorter pieces"), limit: "decoded_s" };
    expect(troubleOf(413, long, null).detail).toBe("Longer than 300 s.");
    const text = problem("not-audio", "not a sound; known are WAV and MP3");
    expect(troubleOf(415, text, null).detail).toBe("Not a sound.");
    const gone = troubleOf(404, problem("no-sample", "there is no sample 'x'; see /api/v1/samples"), null);
    expect(gone.detail).not.toContain("/api");
  });

  it("call a sound kept that is", () => {
    expect([unreachable(true), unreachable()].map(({ advice }) => advice.includes("kept"))).toEqual([true, false]);
  });

  it("survive answers that are no problem documents, and errors of one's own", () => {
    expect(troubleOf(502, "<html>", null).detail).toBe("Status 502.");
    expect(asTrouble(new TypeError("boom")).detail).toContain("boom");
  });
});
