import { line, paintColourScale, paintFrequencyAxis, paintTimeAxis, yOfBand } from "./axes";
import { bandOfHz } from "./bands";
import { drawLane, drawPlaced, type Context, type Picture } from "./picture";
import type { Ink, Plot } from "./plot";
import type { Colouring } from "./range";
import { level } from "./words";
import type { View } from "./view";

export interface SpectrogramPicture {
  picture: Picture;
  /** The stretch of time that the picture is of. */
  placed: View;
  view: View;
  centres_hz: ArrayLike<number>;
  colouring: Colouring;
  /** Up to where the network hears, if the picture goes on above. */
  heard_hz?: number;
  smooth?: boolean;
}

export function paintSpectrogram(context: Context, plot: Plot, seen: SpectrogramPicture, ink: Ink): void {
  drawLane(context, seen.placed, seen.view, plot, ink.line);
  drawPlaced(context, seen.picture, seen.placed, seen.view, plot, seen.smooth);
  if (seen.heard_hz !== undefined) paintLimit(context, plot, seen.centres_hz, seen.heard_hz);
  paintFrequencyAxis(context, plot, seen.centres_hz, ink);
  paintTimeAxis(context, plot, seen.view, ink);
  paintColourScale(context, plot, seen.colouring, ink, level, "dB");
}

function paintLimit(context: Context, plot: Plot, centres_hz: ArrayLike<number>, heard_hz: number): void {
  if (heard_hz >= (centres_hz[centres_hz.length - 1] ?? 0)) return;
  const y = yOfBand(plot, bandOfHz(centres_hz, heard_hz) + 0.5, centres_hz.length);
  context.setLineDash([4, 4]);
  line(context, "rgb(255 255 255 / 0.75)", plot.left, y, plot.left + plot.plot_width, y);
  context.setLineDash([]);
}
