// What was heard, in words: one class, a guess, or several sounds one after another.
import type { Answer, ScoredLabel } from "@/api/client";
import { kindOf, type Kind } from "@/drawing/kinds";
import { listed, percent } from "@/drawing/words";
import type { Verdict } from "./verdict";

export interface Headline {
  emoji: string;
  title: string;
  remark: string;
  /** The same where it has to stand alone. */
  alone: string;
  sure: boolean;
}

const NAMED = 3;

/** Null: the model named nothing at all. */
export function headlineOf({ predictions, sounds, state, resembles }: Answer, verdict: Verdict): Headline | null {
  const [best] = predictions;
  if (!best) return null;
  if (verdict === "silence") return SILENCE;
  const told = sounds.flatMap((sound) => predictions.find(({ label }) => label === sound) ?? []);
  const kind = kindOf(resembles);
  if (told.length > 1) return several(told, kind);
  if (verdict === "known") return answer(best, kind);
  if (state === "unsure" && told[0]) return passage(told[0], kind);
  return kind ? stranger(kind, best, predictions.length) : guess(best, predictions.length);
}

const SILENCE: Headline = {
  emoji: "🔇",
  title: "Silence",
  remark: "There was nothing to hear, so there is nothing to name.",
  alone: "Silence",
  sure: false,
};

function answer({ emoji, title, confidence }: ScoredLabel, kind: Kind | undefined): Headline {
  const remark = `${percent(confidence)} sure${kind ? `. ${mostly(kind)}` : ""}`;
  return { emoji, title, remark, alone: title, sure: true };
}

// Of a long sound, most of which is like nothing it knows.
function mostly({ words }: Kind): string {
  return `Most of it sounds like ${words}.`;
}

function guess({ emoji, title, confidence }: ScoredLabel, classes: number): Headline {
  const closest = `${title.toLowerCase()}, with ${percent(confidence)}`;
  return {
    emoji,
    title: "Not sure",
    remark: `It comes closest to ${closest}. It may be none of the ${classes}.`,
    alone: `Not sure: ${title}?`,
    sure: false,
  };
}

function stranger({ emoji, words }: Kind, { title, confidence }: ScoredLabel, classes: number): Headline {
  const closest = `${title.toLowerCase()}, with ${percent(confidence)}`;
  return {
    emoji,
    title: "Not sure",
    remark: `It sounds like ${words}, which is none of the ${classes}. Of these it comes closest to ${closest}.`,
    alone: `Not sure: ${words}?`,
    sure: false,
  };
}

// On the whole a long sound may be like nothing, while a part of it is clear.
function passage({ emoji, title }: ScoredLabel, kind: Kind | undefined): Headline {
  const rest = kind ? `sounds like ${kind.words}` : "is like nothing it knows";
  return { emoji, title, remark: `For a while; the rest ${rest}.`, alone: title, sure: true };
}

function several(told: ScoredLabel[], kind: Kind | undefined): Headline {
  const names = told.slice(0, NAMED).map(({ title }, i) => (i === 0 ? title : title.toLowerCase()));
  const list = told.length > NAMED ? `${names.join(", ")}, and more` : listed(names, "and");
  return {
    emoji: told[0]?.emoji ?? "",
    title: "Several sounds",
    remark: `${list}, each for a while.${kind ? ` ${mostly(kind)}` : ""}`,
    alone: `Several sounds: ${list}`,
    sure: true,
  };
}
