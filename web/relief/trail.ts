// Lines that follow the ground, as far as they are to be seen.
import { project, rayThrough, type Camera, type Point, type Ray } from "./camera";
import { heightAt, type Ground } from "./ground";
import type { Spot } from "./sight";

/** Above the ground, so that a line is not hidden by what it lies on. */
const LIFT = 0.018;

/** From one place to another, along lines of time or across them: its stretches that nothing hides, in CSS pixels. */
export function trailOf(ground: Ground, camera: Camera, from: Spot, to: Spot): Point[][] {
  const stretches: Point[][] = [];
  let open: Point[] | null = null;
  for (const { time, band } of placesOn(ground, from, to)) {
    const height = heightAt(ground, time, band) + LIFT;
    const point = project(camera, time, height, band);
    if (isHidden(ground, rayThrough(camera, point.x, point.y), { time, height, band })) open = null;
    else if (open) open.push(point);
    else stretches.push((open = [point]));
  }
  return stretches;
}

/** Both ends, and where lines of the ground are crossed. */
function placesOn({ times, bands }: Ground, from: Spot, to: Spot): Spot[] {
  const shares = [
    ...[...times].map((time) => (time - from.time) / (to.time - from.time)),
    ...[...bands].map((band) => (band - from.band) / (to.band - from.band)),
  ];
  const inside = shares.filter((share) => share > 0 && share < 1).sort((a, b) => a - b);
  return [0, ...inside, 1].map((share) => ({
    time: from.time + (to.time - from.time) * share,
    band: from.band + (to.band - from.band) * share,
  }));
}

/** Back towards the eye, until it is higher than any ground or beside it. */
function isHidden(ground: Ground, { along }: Ray, place: Spot & { height: number }): boolean {
  const step = 1 / (Math.max(ground.times.length, ground.bands.length) * Math.hypot(along[0], along[2], 1e-9));
  for (let i = 1; ; i++) {
    const [time, height, band] = [place.time, place.height, place.band].map(
      (share, axis) => share - (along[axis] as number) * step * i,
    ) as [number, number, number];
    if (height > 1 || time < 0 || time > 1 || band < 0 || band > 1) return false;
    if (height < heightAt(ground, time, band)) return true;
  }
}
