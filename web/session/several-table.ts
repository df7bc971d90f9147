// Several answers as a table, in the columns of the command line's CSV.
import type { Row } from "./several";

const COLUMNS = [
  "file",
  "rank",
  "label",
  "confidence",
  "duration_s",
  "error",
  "state",
  "uncertainty",
  "sounds",
  "resembles",
  "model",
];

/** One row for each sound that was answered or failed. */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.filter(({ named, trouble }) => named ?? trouble).map(valuesOf);
  return [COLUMNS, ...lines].map((values) => values.map(quoted).join(",")).join("\n") + "\n";
}

function valuesOf({ name, named, trouble }: Row): string[] {
  if (!named) return [name, "", "", "", "", trouble?.message ?? "", "", "", "", "", ""];
  const { predictions, duration_s, state, uncertainty, sounds, resembles, model } = named.answer;
  const best = predictions[0];
  const score = best ? ["1", best.label, best.confidence.toFixed(6)] : ["", "", ""];
  const whole = [state, uncertainty.toFixed(6), sounds.join(";"), resembles ?? "", model];
  return [name, ...score, duration_s.toFixed(3), "", ...whole];
}

function quoted(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
