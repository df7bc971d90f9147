import { label } from "./axes";
import type { Context } from "./picture";
import type { Ink, Plot } from "./plot";
import { xOfTime, type View } from "./view";

/** Neighbouring windows of one class. */
export interface Run extends View {
  label: string;
  title: string;
  emoji: string;
  category: string;
  confidence: number;
}

interface Timed {
  timeline: { start_s: number; end_s: number; label: string; confidence: number }[];
  predictions: { label: string; title: string; emoji: string; category: string }[];
  duration_s: number;
}

/** Windows overlap: each counts from its beginning to that of the next. */
export function runsOf({ timeline, predictions, duration_s }: Timed): Run[] {
  const runs: Run[] = [];
  timeline.forEach((window, i) => {
    const to_s = timeline[i + 1]?.start_s ?? duration_s;
    const last = runs.at(-1);
    if (last?.label === window.label) {
      last.to_s = to_s;
      last.confidence = Math.max(last.confidence, window.confidence);
      return;
    }
    const known = predictions.find((one) => one.label === window.label);
    const { title = window.label, emoji = "", category = "" } = known ?? {};
    runs.push({
      label: window.label,
      title,
      emoji,
      category,
      from_s: window.start_s,
      to_s,
      confidence: window.confidence,
    });
  });
  return runs;
}

/** One bar a run in the colour of its group, fainter where the model was less sure. */
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
    context.globalAlpha = 0.25 + 0.75 * run.confidence;
    context.fillStyle = colourOf(run.category);
    context.fillRect(x, plot.top, Math.max(1, end - x - 1.5), 5);
    context.globalAlpha = 1;
    nameRun(context, run, x, plot.top + 5, end - x, ink);
  }
}

function nameRun(context: Context, run: Run, x: number, y: number, width: number, ink: Ink): void {
  label(context, ink, "left", "top");
  context.fillStyle = ink.text;
  const whole = `${run.emoji} ${run.title}`;
  const text = context.measureText(whole).width < width - 4 ? whole : run.emoji;
  if (context.measureText(text).width < width) context.fillText(text, x, y + ink.em * 0.6);
}
