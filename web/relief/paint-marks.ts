// What is marked on a relief: playhead, pointer, selection, and what a place of a map saw.
import type { Context } from "@/drawing/picture";
import type { Ink } from "@/drawing/plot";
import { frontOf, project, type Camera, type Point } from "./camera";
import { heightAt, type Ground } from "./ground";
import type { Spot } from "./sight";
import { trailOf } from "./trail";

/** In shares of time and band. */
export interface Marks {
  playhead?: number;
  selection?: [from: number, to: number];
  pointer?: { time: number; band?: number };
  /** From its earliest, lowest corner to the other. */
  patch?: [from: Spot, to: Spot];
}

export function paintMarks(context: Context, ground: Ground, camera: Camera, marks: Marks, ink: Ink): void {
  const { playhead, selection, pointer, patch } = marks;
  const pen = { context, ground, camera };
  context.lineJoin = "round";
  context.lineCap = "round";
  if (selection) paintSelection(pen, selection, ink.accent);
  if (patch) paintPatch(pen, patch);
  if (pointer) {
    timeLine(pen, pointer.time, WHITE, 1);
    if (pointer.band !== undefined) bandLine(pen, pointer.band, WHITE, 1);
  }
  if (playhead === undefined) return;
  timeLine(pen, playhead, "rgb(0 0 0 / 0.35)", 4);
  timeLine(pen, playhead, ink.accent, 2);
}

const WHITE = "rgb(255 255 255 / 0.7)";

interface Pen {
  context: Context;
  ground: Ground;
  camera: Camera;
}

/** Up the wall in front and over the ground. */
function timeLine(pen: Pen, time: number, colour: string, width: number): void {
  if (time < 0 || time > 1) return;
  const { band } = frontOf(pen.camera);
  stroke(pen, [wallAt(pen, { time, band })], colour, width);
  stroke(pen, trailOf(pen.ground, pen.camera, { time, band: 0 }, { time, band: 1 }), colour, width);
}

function bandLine(pen: Pen, band: number, colour: string, width: number): void {
  const { time } = frontOf(pen.camera);
  stroke(pen, [wallAt(pen, { time, band })], colour, width);
  stroke(pen, trailOf(pen.ground, pen.camera, { time: 0, band }, { time: 1, band }), colour, width);
}

/** Both its ends, and the wall in front between them. */
function paintSelection(pen: Pen, [from, to]: [number, number], accent: string): void {
  const [begin, end] = [from, to].map((share) => Math.min(1, Math.max(0, share))) as [number, number];
  if (begin >= end) return;
  const { context, ground } = pen;
  const { band } = frontOf(pen.camera);
  const times = [begin, ...[...ground.times].filter((time) => time > begin && time < end), end];
  const walls = times.map((time) => wallAt(pen, { time, band }));
  context.globalAlpha = 0.35;
  context.fillStyle = accent;
  context.beginPath();
  for (const [foot] of walls) context.lineTo(foot.x, foot.y);
  for (const [, top] of walls.toReversed()) context.lineTo(top.x, top.y);
  context.fill();
  context.globalAlpha = 1;
  for (const time of [from, to]) timeLine(pen, time, accent, 1);
}

function paintPatch(pen: Pen, [low, high]: [Spot, Spot]): void {
  const corners = [low, { time: high.time, band: low.band }, high, { time: low.time, band: high.band }];
  const edges = corners.flatMap((corner, i) => trailOf(pen.ground, pen.camera, corner, corners[(i + 1) % 4] as Spot));
  stroke(pen, edges, "rgb(0 0 0 / 0.55)", 4);
  stroke(pen, edges, "white", 2);
}

/** Foot and top of the wall at a place of its edge. */
function wallAt({ ground, camera }: Pen, { time, band }: Spot): [Point, Point] {
  return [project(camera, time, 0, band), project(camera, time, heightAt(ground, time, band), band)];
}

function stroke({ context }: Pen, stretches: Point[][], colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const [first, ...others] of stretches) {
    if (first) context.moveTo(first.x, first.y);
    for (const { x, y } of others) context.lineTo(x, y);
  }
  context.stroke();
}
