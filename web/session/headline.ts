// What was heard, in words: one class, a guess, or several sounds one after another.
import type { AnalysisDocument, ScoredLabel } from "@/api/client";
import { runsOf, type Run } from "@/drawing/paint-timeline";
import { percent } from "@/drawing/words";
import type { Verdict } from "./verdict";

export interface Headline {
  emoji: string;
  title: string;
  remark: string;
  /** The same where it has to stand alone. */
  alone: string;
  sure: boolean;
}

// A passing guess is not a passage: the likeliest class of a stretch must be this likely at its best.
const PASSAGE = 0.8;
const NAMED = 3;

/** Null: the model named nothing at all. */
export function headlineOf(document: AnalysisDocument, verdict: Verdict): Headline | null {
  const [best] = document.predictions;
  if (!best) return null;
  if (verdict === "silence") return SILENCE;
  const share = percent(best.confidence);
  const passages = longestFirst(
    runsOf(document).filter(({ state, confidence }) => state === "known" && confidence >= PASSAGE),
  );
  // The likeliest of several says too little, unless it is by far.
  if (passages.length > 1 && best.confidence < PASSAGE) return several(passages);
  if (verdict === "known") {
    return { emoji: best.emoji, title: best.title, remark: `${share} sure`, alone: best.title, sure: true };
  }
  return passages[0] ? passage(passages[0]) : guess(best, share, document.predictions.length);
}

const SILENCE: Headline = {
  emoji: "🔇",
  title: "Silence",
  remark: "There was nothing to hear, so there is nothing to name.",
  alone: "Silence",
  sure: false,
};

function guess(best: ScoredLabel, share: string, classes: number): Headline {
  return {
    emoji: best.emoji,
    title: "Not sure",
    remark: `It comes closest to ${best.title.toLowerCase()}, with ${share}. It may be none of the ${classes}.`,
    alone: `Not sure: ${best.title}?`,
    sure: false,
  };
}

// On the whole a long sound may be like nothing, while a part of it is clear.
function passage({ emoji, title }: Run): Headline {
  return { emoji, title, remark: "For a while; the rest is like nothing it knows.", alone: title, sure: true };
}

function several(passages: Run[]): Headline {
  const names = passages.slice(0, NAMED).map((run, i) => (i === 0 ? run.title : run.title.toLowerCase()));
  const list = listed(names, passages.length > NAMED ? ", and more" : "");
  return {
    emoji: passages[0]?.emoji ?? "",
    title: "Several sounds",
    remark: `${list}, each for a while.`,
    alone: `Several sounds: ${list}`,
    sure: true,
  };
}

/** One of each class, those that last longest first. */
function longestFirst(runs: Run[]): Run[] {
  const lasting_s = new Map<string, number>();
  for (const { label, from_s, to_s } of runs) lasting_s.set(label, (lasting_s.get(label) ?? 0) + to_s - from_s);
  const one = [...lasting_s.keys()].flatMap((label) => runs.find((run) => run.label === label) ?? []);
  return one.sort((a, b) => (lasting_s.get(b.label) ?? 0) - (lasting_s.get(a.label) ?? 0));
}

function listed(names: string[], more: string): string {
  if (more) return names.join(", ") + more;
  return [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");
}
