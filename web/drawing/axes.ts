// Axes and colour scales, painted: a canvas with its axes can be saved as it is.
import { bandOfHz } from "./bands";
import { pictureOf, type Context, type Picture } from "./picture";
import type { Ink, Plot } from "./plot";
import type { Table } from "./palettes";
import { placeOf, type Colouring } from "./range";
import { clockTicks, digitsOf, frequencyTicks, roundTicks } from "./ticks";
import { spanOf, xOfTime, type View } from "./view";
import { shortClock, shortHertz } from "./words";

const TICK_PX = 4;

export function paintTimeAxis(context: Context, plot: Plot, view: View, ink: Ink): void {
  const y = plot.top + plot.plot_height;
  label(context, ink, "center", "top");
  for (const { time_s, text } of timeTicks(view, plot.plot_width, ink.em)) {
    const x = xOfTime(view, time_s, plot.left, plot.plot_width);
    line(context, ink.line, x, y, x, y + TICK_PX);
    context.fillText(text, x, y + TICK_PX + ink.em * 0.3);
  }
}

/** Round times with what is written at them, as many as have room along an axis. */
export function timeTicks(view: View, length_px: number, em: number): { time_s: number; text: string }[] {
  const most = Math.max(2, Math.floor(length_px / (em * 5)));
  // Minutes go by sixties, and bear no unit.
  const minutes = view.to_s >= 60;
  const sixties = minutes && spanOf(view) >= 10;
  const ticks = sixties ? clockTicks(view.from_s, view.to_s, most) : roundTicks(view.from_s, view.to_s, most);
  const digits = digitsOf(ticks);
  return ticks.map((time_s, i) => {
    // The unit once, with the last one.
    const seconds = i === ticks.length - 1 ? `${time_s} s` : `${time_s}`;
    return { time_s, text: minutes ? shortClock(time_s, digits) : seconds };
  });
}

export function paintFrequencyAxis(context: Context, plot: Plot, centres_hz: ArrayLike<number>, ink: Ink): void {
  const yOf = (hz: number) => yOfBand(plot, bandOfHz(centres_hz, hz) + 0.5, centres_hz.length);
  const highest_hz = centres_hz[centres_hz.length - 1] ?? 0;
  label(context, ink, "right", "middle");
  for (const hz of frequencyTicks(yOf, 0, highest_hz * 1.03, ink.em * 1.8)) {
    const y = Math.max(plot.top, yOf(hz));
    line(context, ink.line, plot.left - TICK_PX, y, plot.left, y);
    context.fillText(shortHertz(hz), plot.left - TICK_PX - ink.em * 0.35, Math.max(y, plot.top + ink.em * 0.55));
  }
  context.textBaseline = "top";
  context.fillText("Hz", plot.left - TICK_PX - ink.em, plot.top + plot.plot_height + TICK_PX + ink.em * 0.3);
}

/** From the top of row `bands` down to the bottom of row 0. */
export function yOfBand(plot: Plot, band: number, bands: number): number {
  return plot.top + plot.plot_height * (1 - band / bands);
}

/** Only the colours that occur, their true ends at top and bottom, and zero where it lies between. */
export function paintColourScale(
  context: Context,
  plot: Plot,
  colouring: Colouring,
  ink: Ink,
  write: (value: number) => string,
  unit = "",
): void {
  const x = plot.left + plot.plot_width + ink.em * 0.7;
  const width = Math.max(4, Math.round(ink.em * 0.55));
  const { min, max } = colouring;
  const ladder = ladderOf(colouring.table);
  const [low, high] = [min, max].map((value) => placeOf(colouring, value) * 256) as [number, number];
  context.imageSmoothingEnabled = false;
  context.drawImage(ladder, 0, 256 - high, 1, Math.max(1, high - low), x, plot.top, width, plot.plot_height);
  label(context, ink, "left", "top");
  const text_x = x + width + ink.em * 0.4;
  context.fillText(write(max), text_x, plot.top);
  context.textBaseline = "bottom";
  context.fillText(write(min), text_x, plot.top + plot.plot_height);
  context.textBaseline = "top";
  context.fillText(unit, text_x, plot.top + plot.plot_height + TICK_PX + ink.em * 0.3);
  if (min < 0 && max > 0 && colouring.signed) zero(context, plot, colouring, ink, x, width, text_x);
}

function zero(
  context: Context,
  plot: Plot,
  { min, max }: Colouring,
  ink: Ink,
  x: number,
  width: number,
  text_x: number,
): void {
  const y = plot.top + (max / (max - min)) * plot.plot_height;
  line(context, ink.text, x, y, x + width, y);
  const room = ink.em * 1.7;
  if (y - plot.top < room || plot.top + plot.plot_height - y < room) return;
  context.textBaseline = "middle";
  context.fillText("0", text_x, y);
}

// A table as a picture of one column, its highest colour on top.
const ladders = new WeakMap<Table, Picture>();

function ladderOf(table: Table): Picture {
  const known = ladders.get(table) ?? pictureOf(new Uint8ClampedArray(table.toReversed().buffer), 1, 256);
  ladders.set(table, known);
  return known;
}

export function label(context: Context, ink: Ink, align: CanvasTextAlign, baseline: CanvasTextBaseline): void {
  context.font = `${ink.em}px ${ink.font}`;
  context.fillStyle = ink.soft;
  context.textAlign = align;
  context.textBaseline = baseline;
}

export function line(context: Context, colour: string, x1: number, y1: number, x2: number, y2: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
