import { paintColourScale } from "./axes";
import { drawLane, drawPlaced, type Context, type Picture } from "./picture";
import type { Ink, Plot } from "./plot";
import type { Colouring } from "./range";
import { number } from "./words";
import type { View } from "./view";

export interface StripPicture {
  picture: Picture;
  placed: View;
  view: View;
  colouring: Colouring;
}

/** A map at its time, low bands below, with its own colour scale. */
export function paintStrip(context: Context, plot: Plot, strip: StripPicture, ink: Ink): void {
  drawLane(context, strip.placed, strip.view, plot, ink.line);
  drawPlaced(context, strip.picture, strip.placed, strip.view, plot);
  paintColourScale(context, plot, strip.colouring, ink, number);
}
