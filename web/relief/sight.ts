// What is under the pointer: along the line of sight to where it meets the ground.
import type { Ray } from "./camera";
import { heightAt, type Ground } from "./ground";

/** Shares of the stretch of time and of the bands. */
export interface Spot {
  time: number;
  band: number;
}

const HALVINGS = 10;

/** Null beside the block. */
export function spotUnder(ground: Ground, ray: Ray): Spot | null {
  const [enter, leave] = insideOf(ray);
  if (enter >= leave) return null;
  const steps = 2 * Math.max(ground.times.length, ground.bands.length);
  const step = (leave - enter) / steps;
  for (let i = 0; i <= steps; i++) {
    const at = enter + i * step;
    if (isBelow(ground, ray, at)) return spotAt(ray, i === 0 ? at : halved(ground, ray, at - step, at));
  }
  return null;
}

/** Where the ray is inside the unit cube. */
function insideOf({ from, along }: Ray): [number, number] {
  let [enter, leave] = [0, Infinity];
  for (let i = 0; i < 3; i++) {
    const [start, step] = [from[i] as number, along[i] as number];
    if (step === 0 && (start < 0 || start > 1)) return [0, 0];
    if (step === 0) continue;
    const [a, b] = [-start / step, (1 - start) / step];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return [enter, leave];
}

function isBelow(ground: Ground, ray: Ray, at: number): boolean {
  const { time, band } = spotAt(ray, at);
  return ray.from[1] + at * ray.along[1] <= heightAt(ground, time, band) + 1e-6;
}

function halved(ground: Ground, ray: Ray, above: number, below: number): number {
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (above + below) / 2;
    if (isBelow(ground, ray, middle)) below = middle;
    else above = middle;
  }
  return below;
}

function spotAt({ from, along }: Ray, at: number): Spot {
  const held = (share: number) => Math.min(1, Math.max(0, share));
  return { time: held(from[0] + at * along[0]), band: held(from[2] + at * along[2]) };
}
