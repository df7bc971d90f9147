import { expect, it } from "vitest";

import { Trouble } from "@/api/trouble";
import { csvOf } from "./several-table";
import type { Row } from "./several";

const row = (name: string, more: Partial<Row> = {}): Row => ({ name, file: new File([], name), ...more });

it("has a line for each sound that was answered or failed, and none for those that wait", () => {
  const answer = {
    model: "ensemble",
    predictions: [{ label: "rain", title: "Rain", emoji: "🌧️", category: "", confidence: 0.5 }],
    duration_s: 7.25,
    windows: 2,
    silent: false,
    state: "known" as const,
    resembles: null,
    sounds: ["rain", "wind"],
    uncertainty: 0.25,
  };
  const rows = [
    row('night, "one".wav', { named: { answer, verdict: "known", headline: null } }),
    row("notes.txt", { trouble: new Trouble("No sound", "It is text.", "", false) }),
    row("late.wav"),
  ];
  expect(csvOf(rows)).toBe(
    [
      "file,rank,label,confidence,duration_s,error,state,uncertainty,sounds,resembles,model",
      '"night, ""one"".wav",1,rain,0.500000,7.250,,known,0.250000,rain;wind,,ensemble',
      "notes.txt,,,,,No sound: It is text.,,,,,",
      "",
    ].join("\n"),
  );
});
