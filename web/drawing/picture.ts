// Pixels as something a canvas can draw at any size.
import type { Plot } from "./plot";
import { spanOf, xOfTime, type View } from "./view";

export type Context = CanvasRenderingContext2D;
export type Picture = HTMLCanvasElement;

/** One pixel a value; drawn larger later, its edges kept. */
export function pictureOf(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): Picture {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** Marks the plot where the picture does not reach: there is time, but nothing was looked at. */
export function drawLane(context: Context, placed: View, view: View, plot: Plot, colour: string): void {
  const slack_s = spanOf(placed) / 100;
  if (placed.from_s - slack_s <= view.from_s && placed.to_s + slack_s >= view.to_s) return;
  context.globalAlpha = 0.45;
  context.fillStyle = colour;
  context.fillRect(plot.left, plot.top, plot.plot_width, plot.plot_height);
  context.globalAlpha = 1;
}

/** Draws the part of a picture of the time `placed` that lies in the view. */
export function drawPlaced(
  context: Context,
  picture: Picture,
  placed: View,
  view: View,
  plot: Plot,
  smooth = false,
): void {
  const from_s = Math.max(placed.from_s, view.from_s);
  const to_s = Math.min(placed.to_s, view.to_s);
  if (to_s <= from_s) return;
  const source_x = ((from_s - placed.from_s) / spanOf(placed)) * picture.width;
  const source_width = ((to_s - from_s) / spanOf(placed)) * picture.width;
  const x = xOfTime(view, from_s, plot.left, plot.plot_width);
  const x_end = xOfTime(view, to_s, plot.left, plot.plot_width);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(picture, source_x, 0, source_width, picture.height, x, plot.top, x_end - x, plot.plot_height);
}
