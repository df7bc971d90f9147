// A relief with its axes: a picture that can be saved as it is.
import type { Grid } from "@/drawing/grid";
import { placeOf, type Colouring } from "@/drawing/range";
import type { Context } from "@/drawing/picture";
import type { Ink } from "@/drawing/plot";
import { cameraOf, type Box, type Camera, type Room, type Stance } from "./camera";
import type { Ends } from "./ground";
import { paintAxes, paintShadow, type Scales } from "./paint-axes";
import type { Painter } from "./painter";

export interface Scene {
  grid: Grid;
  /** The values that the base stands for, and the highest there can be. */
  ends: Ends;
  colouring: Colouring;
  scales: Scales;
}

/** Room for what is written around the block. */
const MARGINS_EM = { left: 4.4, right: 5.4, top: 0.6, bottom: 2.4 };

/** The camera of a pane of this size. */
export function paneCamera(stance: Stance, width: number, height: number, em: number): Camera {
  const room = roomOf(width, height, em);
  return cameraOf(stance, boxFor(room), room);
}

export function roomOf(width: number, height: number, em: number): Room {
  const { left, right, top, bottom } = MARGINS_EM;
  return {
    left: left * em,
    top: top * em,
    width: Math.max(1, width - (left + right) * em),
    height: Math.max(1, height - (top + bottom) * em),
  };
}

/** As wide as the room suggests, and never a sliver. */
function boxFor({ width, height }: Room): Box {
  return [Math.min(3.6, Math.max(1.2, (1.1 * width) / height)), 0.38, 1];
}

export function paintRelief(
  context: Context,
  painter: Painter,
  { grid, ends, colouring, scales }: Scene,
  stance: Stance,
  { width, height }: { width: number; height: number },
  ink: Ink,
): void {
  const camera = paneCamera(stance, width, height, ink.em);
  const paintbox = {
    table: colouring.table,
    from: placeOf(colouring, ends.min),
    to: placeOf(colouring, ends.max),
  };
  const scale = context.getTransform().a;
  const picture = painter.paint(painter.survey(grid, ends), camera, paintbox, { width, height, scale });
  if (!picture) return;
  paintShadow(context, camera, ink);
  context.drawImage(picture, 0, 0, width, height);
  paintAxes(context, camera, scales, ink);
}
