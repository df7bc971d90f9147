// Several answers as a table, in the columns of the command line's CSV.
import { csv } from "./csv";
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
  return csv([COLUMNS, ...lines]);
}

function valuesOf({ name, named, trouble }: Row): string[] {
  if (!named) return [name, "", "", "", "", trouble?.message ?? "", "", "", "", "", ""];
  const { predictions, duration_s, state, uncertainty, sounds, resembles, model } = named.answer;
  const best = predictions[0];
  const score = best ? ["1", best.label, best.confidence.toFixed(6)] : ["", "", ""];
  const whole = [state, uncertainty.toFixed(6), sounds.join(";"), resembles ?? "", model];
  return [name, ...score, duration_s.toFixed(3), "", ...whole];
}
