import { label } from "./axes";
import { kindOf } from "./kinds";
import type { Context } from "./picture";
import type { Ink, Plot } from "./plot";
import { xOfTime, type View } from "./view";

/** Neighbouring windows of one class, or of none that the model is sure of. */
export interface Run extends View {
  state: "known" | "unsure" | "silence";
  /** Where it is not sure, the class that comes closest. */
  label: string;
  title: string;
  emoji: string;
  category: string;
  confidence: number;
  /** Where it is not sure, what it may be instead. */
  resembles: string | null;
}

interface Timed {
  timeline: TimedWindow[];
  predictions: { label: string; title: string; emoji: string; category: string }[];
  duration_s: number;
}

type TimedWindow = { start_s: number; end_s: number } & Pick<Run, "label" | "confidence" | "state" | "resembles">;

/** Windows overlap: each counts from its beginning to that of the next. */
export function runsOf({ timeline, predictions, duration_s }: Timed): Run[] {
  const runs: Run[] = [];
  timeline.forEach((window, i) => {
    const to_s = timeline[i + 1]?.start_s ?? duration_s;
    const { label, confidence, state, resembles } = window;
    const known = predictions.find((one) => one.label === label);
    const { title = label, emoji = "", category = "" } = known ?? {};
    const run = { state, label, title, emoji, category, from_s: window.start_s, to_s, confidence, resembles };
    const last = runs.at(-1);
    if (!last || !goesOn(last, run)) runs.push(run);
    else Object.assign(last, confidence > last.confidence ? { ...run, from_s: last.from_s } : { to_s });
  });
  return runs;
}

function goesOn(last: Run, next: Run): boolean {
  if (last.state !== next.state) return false;
  return next.state === "known" ? last.label === next.label : last.resembles === next.resembles;
}

/** What a run is called in short. */
export function nameOf({ state, title, resembles }: Run): string {
  const kind = kindOf(resembles);
  return { known: title, unsure: kind ? `Like ${kind.words}` : "Not sure", silence: "Silence" }[state];
}

/** One bar a run in the colour of its group, fainter where the model was less sure, faintest where it was not. */
export function paintTimeline(
  context: Context,
  plot: Plot,
  runs: Run[],
  view: View,
  colourOf: (category: string) => string,
  ink: Ink,
): void {
  for (const run of runs) {
    const x = Math.max(plot.left, xOfTime(view, run.from_s, plot.left, plot.plot_width));
    const end = Math.min(plot.left + plot.plot_width, xOfTime(view, run.to_s, plot.left, plot.plot_width));
    if (end <= x) continue;
    context.globalAlpha = run.state === "known" ? 0.25 + 0.75 * run.confidence : 0.25;
    context.fillStyle = run.state === "known" ? colourOf(run.category) : ink.soft;
    context.fillRect(x, plot.top, Math.max(1, end - x - 1.5), 5);
    context.globalAlpha = 1;
    nameRun(context, run, x, plot.top + 5, end - x, ink);
  }
}

function nameRun(context: Context, run: Run, x: number, y: number, width: number, ink: Ink): void {
  label(context, ink, "left", "top");
  context.fillStyle = run.state === "known" ? ink.text : ink.soft;
  const emoji = run.state === "known" ? run.emoji : kindOf(run.resembles)?.emoji;
  const [short, whole] = emoji ? [emoji, `${emoji} ${nameOf(run)}`] : ["?", nameOf(run)];
  const text = context.measureText(whole).width < width - 4 ? whole : short;
  if (context.measureText(text).width < width) context.fillText(text, x, y + ink.em * 0.6);
}
