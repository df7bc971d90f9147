// Axes of a block of ground: along the edges of its base that are in front, and up one of its corners.
import { label, line } from "@/drawing/axes";
import type { Context } from "@/drawing/picture";
import type { Ink } from "@/drawing/plot";
import { frontOf, project, type Camera, type Point } from "./camera";

export interface Tick {
  /** 0..1 along the axis. */
  share: number;
  text: string;
}

/** What is written along each axis of this length; the most important first where not all have room. */
export interface Scales {
  times: (length_px: number, em: number) => Tick[];
  bands: (length_px: number, em: number) => Tick[];
  values: Tick[];
}

const TICK_PX = 5;

interface Edge {
  from: Point;
  to: Point;
  /** Away from the block, one pixel long. */
  out: Point;
  /** By how many lines words may be lower, the best first. */
  lower: readonly number[];
}

export function paintAxes(context: Context, camera: Camera, scales: Scales, ink: Ink): void {
  const taken: Room[] = [];
  const { time, band, value } = edgesSeen(camera);
  for (const [edge, ticks] of [
    [time, scales.times(lengthOf(time), ink.em)],
    [band, scales.bands(lengthOf(band), ink.em)],
    [value, scales.values],
  ] as const) {
    line(context, ink.line, edge.from.x, edge.from.y, edge.to.x, edge.to.y);
    for (const tick of ticks) paintTick(context, edge, tick, ink, taken);
  }
}

/** Where the block stands, as a soft shadow under it. */
export function paintShadow(context: Context, camera: Camera, ink: Ink): void {
  context.save();
  context.shadowColor = `rgb(0 0 0 / ${ink.dark ? 0.7 : 0.3})`;
  context.shadowBlur = 2.2 * ink.em * context.getTransform().a;
  context.shadowOffsetY = 0.8 * ink.em * context.getTransform().a;
  context.fillStyle = ink.paper;
  context.beginPath();
  for (const [time, band] of BASE) {
    const { x, y } = project(camera, time, 0, band);
    context.lineTo(x, y);
  }
  context.fill();
  context.restore();
}

const BASE = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** The edges of the base that face the eye, and the corner at the end of the one that time runs along. */
function edgesSeen(camera: Camera): { time: Edge; band: Edge; value: Edge } {
  const { time: side, band: front } = frontOf(camera);
  const middle = project(camera, 0.5, 0, 0.5);
  const at = (time: number, height: number, band: number) => project(camera, time, height, band);
  return {
    time: edgeOf(at(0, 0, front), at(1, 0, front), middle),
    band: edgeOf(at(side, 0, 0), at(side, 0, 1), middle),
    value: edgeOf(at(1 - side, 0, front), at(1 - side, 1, front), at(0.5, 0.5, 0.5), [0, -1]),
  };
}

/** `middle`: of what lies inside the edge. */
function edgeOf(from: Point, to: Point, middle: Point, lower: readonly number[] = [0]): Edge {
  const length = Math.max(1e-6, Math.hypot(to.x - from.x, to.y - from.y));
  const normal = { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
  const inside = (middle.x - from.x) * normal.x + (middle.y - from.y) * normal.y > 0;
  return { from, to, out: inside ? { x: -normal.x, y: -normal.y } : normal, lower };
}

function lengthOf({ from, to }: Edge): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

interface Room {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Left out where others have taken all the room there is. */
function paintTick(
  context: Context,
  { from, to, out, lower }: Edge,
  { share, text }: Tick,
  ink: Ink,
  taken: Room[],
): void {
  const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
  label(context, ink, "center", "middle");
  const [wide, high] = [context.measureText(text).width, ink.em];
  // As far out as keeps the words clear of the edge, whichever way it runs.
  const away = TICK_PX + 0.35 * ink.em + Math.abs(out.x) * (wide / 2) + Math.abs(out.y) * (high / 2);
  const middle_x = x + out.x * away;
  for (const middle_y of lower.map((lines) => y + out.y * away + lines * ink.em)) {
    const room = {
      left: middle_x - wide / 2 - 0.4 * ink.em,
      right: middle_x + wide / 2 + 0.4 * ink.em,
      top: middle_y - high / 2 - 0.1 * ink.em,
      bottom: middle_y + high / 2 + 0.1 * ink.em,
    };
    if (taken.some((other) => overlap(room, other))) continue;
    taken.push(room);
    line(context, ink.line, x, y, x + out.x * TICK_PX, y + out.y * TICK_PX);
    return context.fillText(text, middle_x, middle_y);
  }
}

function overlap(a: Room, b: Room): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
