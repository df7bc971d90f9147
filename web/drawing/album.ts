// Panes one below the other in one picture, with what was heard above them.
import type { Context } from "./picture";
import type { Ink } from "./plot";
import { percent } from "./words";

export interface Page {
  title: string;
  width: number;
  height: number;
  paint: (context: Context, width: number, height: number, ink: Ink) => void;
}

export interface Head {
  title: string;
  emoji: string;
  lines: string[];
}

interface Named {
  predictions: { title: string; confidence: number }[];
  model: string;
  silent: boolean;
}

const MARGIN_EM = 2.5;
const TITLE_EM = 2.2;
const HEAD_EM = 9;

/** `headline`: what was heard, in words that stand alone. */
export function headOf({ predictions, model, silent }: Named, name: string, headline: Headed): Head {
  const ranking = predictions.slice(0, 3).map(({ title, confidence }) => `${title} ${percent(confidence)}`);
  return {
    title: headline.alone,
    emoji: headline.emoji,
    lines: [...(silent ? [] : [ranking.join("   ")]), `${name} · Audio-CNN, model ${model}`],
  };
}

interface Headed {
  alone: string;
  emoji: string;
}

/** Sizes the canvas and paints everything. */
export function paintAlbum(canvas: HTMLCanvasElement, pages: Page[], head: Head | null, ink: Ink, scale: number): void {
  const margin = MARGIN_EM * ink.em;
  const width = Math.max(...pages.map((page) => page.width)) + 2 * margin;
  const titles = pages.length * TITLE_EM * ink.em;
  const height = pages.reduce((sum, page) => sum + page.height, titles) + (head ? HEAD_EM * ink.em : 0) + 2 * margin;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d") as Context;
  context.scale(scale, scale);
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, width, height);
  context.translate(margin, margin);
  if (head) paintHead(context, head, ink, width - 2 * margin);
  for (const page of pages) paintPage(context, page, ink);
}

function paintHead(context: Context, { title, emoji, lines }: Head, ink: Ink, width: number): void {
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillStyle = ink.text;
  writeWithin(context, `${emoji} ${title}`.trim(), 0, width, ink.em * 3.8, `"Instrument Serif", ${ink.font}`);
  context.fillStyle = ink.soft;
  lines.forEach((text, i) => writeWithin(context, text, ink.em * (4.6 + 1.6 * i), width, ink.em * 1.1, ink.font));
  context.translate(0, HEAD_EM * ink.em);
}

/** Smaller where it would not fit. */
export function writeWithin(
  context: Context,
  text: string,
  y: number,
  width: number,
  size: number,
  font: string,
): void {
  context.font = `${size}px ${font}`;
  const smaller = Math.min(1, width / context.measureText(text).width);
  context.font = `${size * smaller}px ${font}`;
  context.fillText(text, 0, y);
}

function paintPage(context: Context, page: Page, ink: Ink): void {
  context.fillStyle = ink.text;
  context.font = `600 ${ink.em}px ${ink.font}`;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(page.title, 0, ink.em * 0.4);
  context.translate(0, TITLE_EM * ink.em);
  context.save();
  page.paint(context, page.width, page.height, ink);
  context.restore();
  context.translate(0, page.height);
}
