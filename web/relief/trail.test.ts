import { describe, expect, it } from "vitest";

import { cameraOf, project, START } from "./camera";
import { groundOf } from "./ground";
import { trailOf } from "./trail";

const camera = cameraOf({ ...START, yaw_deg: 0, pitch_deg: 20 }, [2, 0.6, 1], {
  left: 0,
  top: 0,
  width: 600,
  height: 300,
});
const groundOfRows = (...rows: number[]) =>
  groundOf({ rows: rows.length, columns: 1, min: 0, max: 255, steps: Uint8Array.from(rows) });

describe("a trail", () => {
  it("runs over level ground without a break", () => {
    const level = groundOf({ rows: 3, columns: 2, min: 0, max: 0, steps: new Uint8Array(6) });
    const trail = trailOf(level, camera, { time: 0.5, band: 0 }, { time: 0.5, band: 1 });
    expect(trail).toHaveLength(1);
    const { x, y } = project(camera, 0.5, 0, 1);
    expect(trail[0]?.at(-1)?.x).toBeCloseTo(x, 3);
    expect(Math.abs((trail[0]?.at(-1)?.y ?? 0) - y)).toBeLessThan(4);
  });

  it("is hidden behind a ridge, and comes out again", () => {
    const ridge = groundOfRows(0, 255, 0, 0, 0, 0, 0, 200);
    const trail = trailOf(ridge, camera, { time: 0.3, band: 0 }, { time: 0.3, band: 1 });
    expect(trail.length).toBeGreaterThan(1);
    const behind = project(camera, 0.3, 0, 0.4);
    const points = trail.flat();
    expect(points.some(({ x, y }) => Math.hypot(x - behind.x, y - behind.y) < 1)).toBe(false);
  });

  it("is a place where it begins and ends there", () => {
    const trail = trailOf(groundOfRows(0, 0), camera, { time: 0.5, band: 0.5 }, { time: 0.5, band: 0.5 });
    expect(trail.flat().every(({ x, y }) => Number.isFinite(x + y))).toBe(true);
  });
});
