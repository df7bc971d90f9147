import { label, line, paintTimeAxis } from "./axes";
import type { Envelope } from "./envelope";
import type { Context } from "./picture";
import type { Ink, Plot } from "./plot";
import { xOfTime, type View } from "./view";
import { number } from "./words";

export interface WaveformPicture {
  envelope: Envelope;
  /** The largest sample, either way: the top of the plot. */
  peak: number;
  view: View;
  duration_s: number;
  /** The stretch that the panes below show. */
  window: View;
}

export function paintWaveform(context: Context, plot: Plot, wave: WaveformPicture, ink: Ink): void {
  const middle = plot.top + plot.plot_height / 2;
  line(context, ink.line, plot.left, middle, plot.left + plot.plot_width, middle);
  paintEnvelope(context, plot, wave, ink);
  paintEnd(context, plot, wave, ink);
  paintWindow(context, plot, wave, ink);
  paintLevels(context, plot, wave.peak, ink);
  paintTimeAxis(context, plot, wave.view, ink);
}

function paintEnvelope(context: Context, plot: Plot, { envelope, peak }: WaveformPicture, ink: Ink): void {
  const columns = envelope.low.length;
  const middle = plot.top + plot.plot_height / 2;
  const scale = plot.plot_height / 2 / Math.max(peak, 1e-6);
  const width = plot.plot_width / columns;
  context.fillStyle = ink.wave;
  for (let i = 0; i < columns; i++) {
    const top = middle - (envelope.high[i] as number) * scale;
    const bottom = middle - (envelope.low[i] as number) * scale;
    // Half a pixel at least, or silence would leave no line.
    context.fillRect(plot.left + i * width, top - 0.25, width, Math.max(0.5, bottom - top + 0.5));
  }
}

// Beyond the end of a short sound the network hears it again, then silence: nothing of its own to draw.
function paintEnd(context: Context, plot: Plot, { view, duration_s }: WaveformPicture, ink: Ink): void {
  const x = xOfTime(view, duration_s, plot.left, plot.plot_width);
  const end = plot.left + plot.plot_width;
  if (x >= end - 1) return;
  const from = Math.max(x, plot.left);
  context.fillStyle = ink.paper;
  context.fillRect(from, plot.top, end - from, plot.plot_height);
  line(context, ink.soft, from, plot.top, from, plot.top + plot.plot_height);
  if (end - from < ink.em * 9) return;
  label(context, ink, "left", "middle");
  context.fillText(
    "end; the network fills up the rest",
    from + ink.em * 0.8,
    plot.top + plot.plot_height / 2,
    end - from - ink.em,
  );
}

function paintWindow(context: Context, plot: Plot, { view, window, duration_s }: WaveformPicture, ink: Ink): void {
  // The last column of a whole sound ends a little before it.
  if (window.from_s <= 0 && window.to_s > duration_s * 0.98) return;
  const [from, to] = [window.from_s, window.to_s].map((time_s) => {
    const x = xOfTime(view, time_s, plot.left, plot.plot_width);
    return Math.min(plot.left + plot.plot_width, Math.max(plot.left, x));
  }) as [number, number];
  context.fillStyle = ink.accent;
  context.fillRect(from, plot.top, to - from, 2);
}

function paintLevels(context: Context, plot: Plot, peak: number, ink: Ink): void {
  label(context, ink, "right", "middle");
  const x = plot.left - ink.em * 0.7;
  context.fillText(number(peak), x, plot.top + ink.em * 0.55);
  context.fillText("0", x, plot.top + plot.plot_height / 2);
  context.fillText(number(-peak), x, plot.top + plot.plot_height - ink.em * 0.55);
}
