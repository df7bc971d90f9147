import { describe, expect, it } from "vitest";

import {
  cameraOf,
  clipMatrix,
  nearer,
  project,
  rayThrough,
  shifted,
  START,
  towards,
  turned,
  type Box,
  type Room,
} from "./camera";
import { groundOf } from "./ground";
import { spotUnder } from "./sight";

const BOX: Box = [2, 0.4, 1];
const ROOM: Room = { left: 40, top: 10, width: 600, height: 300 };
const PLACES = [
  [0, 0, 0],
  [1, 1, 0],
  [0.2, 0.5, 0.9],
] as const;

describe("camera", () => {
  it("keeps the whole block in its room, whichever way it is turned", () => {
    for (let yaw_deg = -180; yaw_deg < 180; yaw_deg += 30) {
      const camera = cameraOf({ ...START, yaw_deg }, BOX, ROOM);
      for (const time of [0, 1])
        for (const height of [0, 1])
          for (const band of [0, 1]) {
            const { x, y } = project(camera, time, height, band);
            expect(x).toBeGreaterThan(ROOM.left - 1e-6);
            expect(x).toBeLessThan(ROOM.left + ROOM.width + 1e-6);
            expect(y).toBeGreaterThan(ROOM.top - 1e-6);
            expect(y).toBeLessThan(ROOM.top + ROOM.height + 1e-6);
          }
    }
  });

  it("has time to the right and higher bands farther up, as the flat picture", () => {
    const camera = cameraOf(START, BOX, ROOM);
    expect(project(camera, 1, 0, 0).x).toBeGreaterThan(project(camera, 0, 0, 0).x);
    expect(project(camera, 0, 0, 1).y).toBeLessThan(project(camera, 0, 0, 0).y);
  });

  it("lets WebGL draw a place where labels are put", () => {
    const camera = cameraOf(turned(nearer(START, 2, 0.1, 0.2), 50, 10), BOX, ROOM);
    const m = clipMatrix(camera, 680, 340);
    for (const [time, height, band] of PLACES) {
      const world = [time - 0.5, height - 0.5, 0.5 - band].map((share, i) => share * (camera.box[i] as number));
      const clip = [0, 1, 2, 3].map((row) =>
        world.reduce((sum, value, i) => sum + value * (m[i * 4 + row] as number), m[12 + row] as number),
      ) as [number, number, number, number];
      const { x, y } = project(camera, time, height, band);
      expect((clip[0] / clip[3] + 1) * 340).toBeCloseTo(x, 2);
      expect((1 - clip[1] / clip[3]) * 170).toBeCloseTo(y, 2);
      expect(Math.abs(clip[2] / clip[3])).toBeLessThan(1);
    }
  });

  it("comes nearer about a point, and goes back to all of it", () => {
    const at = { x: 0.3, y: -0.2 };
    const pixel = (stance: typeof START) => project(cameraOf(stance, BOX, ROOM), 0.8, 0.5, 0.8);
    const before = pixel(START);
    const share = {
      x: (before.x - ROOM.left) / ROOM.width - 0.5,
      y: (before.y - ROOM.top) / ROOM.height - 0.5,
    };
    const after = pixel(nearer(START, 1.5, share.x, share.y));
    expect(after.x).toBeCloseTo(before.x, 4);
    expect(after.y).toBeCloseTo(before.y, 4);
    const away = nearer(nearer(START, 3, at.x, at.y), 0.01);
    expect([away.near, away.x + 0, away.y + 0]).toEqual([1, 0, 0]);
  });

  it("never goes under the ground, around it without end, or away from it", () => {
    expect(turned(START, 0, -500).pitch_deg).toBeGreaterThan(0);
    expect(turned(START, 0, 500).pitch_deg).toBe(90);
    expect(Math.abs(turned(START, 1000, 0).yaw_deg)).toBeLessThanOrEqual(180);
    expect(shifted(nearer(START, 2), 9, 0).x).toBe(0.5);
  });

  it("glides the shorter way around", () => {
    const half = towards({ ...START, yaw_deg: 170 }, { ...START, yaw_deg: -170 }, 0.5);
    expect(half.yaw_deg).toBeCloseTo(180);
  });
});

describe("sight", () => {
  const steps = Uint8Array.from({ length: 12 * 20 }, (_, i) => (i * 97) % 256);
  const ground = groundOf({ rows: 12, columns: 20, min: 0, max: 1, steps });
  const camera = cameraOf({ ...START, pitch_deg: 80 }, BOX, ROOM);
  const level = groundOf({ rows: 1, columns: 1, min: 0, max: 0, steps: new Uint8Array(1) });

  it("finds the place that is drawn there", () => {
    for (const [time, , band] of [...PLACES.slice(2), [0.5, 0, 0.5], [0.9, 0, 0.1]] as const) {
      const { x, y } = project(camera, time, 0, band);
      const spot = spotUnder(level, rayThrough(camera, x, y));
      expect(spot?.time).toBeCloseTo(time, 2);
      expect(spot?.band).toBeCloseTo(band, 2);
    }
  });

  it("meets what stands in front, on the line of sight", () => {
    const { x, y } = project(camera, 0.6, 0.2, 0.4);
    const ray = rayThrough(camera, x, y);
    const spot = spotUnder(ground, ray);
    expect(spot).not.toBeNull();
    expect(spot?.band).toBeLessThan(0.45);
  });

  it("finds nothing beside the block", () => {
    expect(spotUnder(ground, rayThrough(camera, 0, 0))).toBeNull();
    expect(spotUnder(ground, rayThrough(camera, 679, 339))).toBeNull();
  });
});
