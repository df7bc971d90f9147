import { label } from "./axes";
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
}

interface Timed {
  timeline: { start_s: number; end_s: number; label: string; confidence: number; state: Run["state"] }[];
  predictions: { label: string; title: string; emoji: string; category: string }[];
  duration_s: number;
}

/** Windows overlap: each counts from its beginning to that of the next. */
export function runsOf({ timeline, predictions, duration_s }: Timed): Run[] {
  const runs: Run[] = [];
  timeline.forEach((window, i) => {
    const to_s = timeline[i + 1]?.start_s ?? duration_s;
    const { label, confidence, state } = window;
    const known = predictions.find((one) => one.label === label);
    const { title = label, emoji = "", category = "" } = known ?? {};
    const run = { state, label, title, emoji, category, from_s: window.start_s, to_s, confidence };
    const last = runs.at(-1);
    if (!last || !goesOn(last, run)) runs.push(run);
    else Object.assign(last, confidence > last.confidence ? { ...run, from_s: last.from_s } : { to_s });
  });
  return runs;
}

function goesOn(last: Run, next: Run): boolean {
  return last.state === next.state && (next.state !== "known" || last.label === next.label);
}

/** What a run is called in short. */
export function nameOf({ state, title }: Run): string {
  return { known: title, unsure: "Not sure", silence: "Silence" }[state];
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
  const [short, whole] = run.state === "known" ? [run.emoji, `${run.emoji} ${run.title}`] : ["?", nameOf(run)];
  const text = context.measureText(whole).width < width - 4 ? whole : short;
  if (context.measureText(text).width < width) context.fillText(text, x, y + ink.em * 0.6);
}
