import { channelGrid, type Channels } from "./grid";
import { cellBox, type Mosaic } from "./mosaic";
import { pictureOf, type Context, type Picture } from "./picture";
import type { Ink } from "./plot";
import type { Colouring } from "./range";
import { colourOfStep, writeGrid } from "./raster";

/** All channels side by side at one pixel a value, in their natural order. */
export interface Atlas {
  picture: Picture;
  across: number;
  rows: number;
  columns: number;
}

export function atlasOf(channels: Channels, colouringOf: (channel: number) => Colouring): Atlas {
  const { count, rows, columns } = channels;
  const across = Math.ceil(Math.sqrt(count));
  const [width, height] = [across * columns, Math.ceil(count / across) * rows];
  const pixels = new Uint32Array(width * height);
  for (let channel = 0; channel < count; channel++) {
    const grid = channelGrid(channels, channel);
    const [x, y] = [(channel % across) * columns, Math.floor(channel / across) * rows];
    writeGrid(pixels, width, x, y, grid, colourOfStep(grid, colouringOf(channel)));
  }
  return { picture: pictureOf(new Uint8ClampedArray(pixels.buffer), width, height), across, rows, columns };
}

export function paintMosaic(context: Context, mosaic: Mosaic, atlas: Atlas, shown: number[], ink: Ink): void {
  context.imageSmoothingEnabled = false;
  context.font = `${ink.em * 0.9}px ${ink.font}`;
  context.textBaseline = "top";
  shown.forEach((channel, place) => {
    const box = cellBox(mosaic, place);
    const x = (channel % atlas.across) * atlas.columns;
    const y = Math.floor(channel / atlas.across) * atlas.rows;
    context.drawImage(atlas.picture, x, y, atlas.columns, atlas.rows, box.x, box.y, box.width, box.height);
    number(context, channel, box.x, box.y, ink);
  });
}

// Readable on any colour: light on its own dark ground.
function number(context: Context, channel: number, x: number, y: number, ink: Ink): void {
  const text = String(channel);
  context.fillStyle = "rgb(0 0 0 / 0.55)";
  context.fillRect(x, y, context.measureText(text).width + ink.em * 0.6, ink.em * 1.25);
  context.fillStyle = "#ffffff";
  context.fillText(text, x + ink.em * 0.3, y + ink.em * 0.2);
}
