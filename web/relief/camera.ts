// From where a block of ground is seen, and where its places come to lie on the screen.

/** Width (time), height (value) and depth (frequency, the lowest in front). */
export type Box = readonly [width: number, height: number, depth: number];
type Vector = [number, number, number];

/** How a person has turned it. */
export interface Stance {
  /** To the side, in degrees; 0 from the front, below 0 from the left. */
  yaw_deg: number;
  /** From above, in degrees; 90 is the flat picture. */
  pitch_deg: number;
  /** How many times nearer than so that all of it is seen. */
  near: number;
  /** How far it was shifted, in shares of the room. */
  x: number;
  y: number;
  /** Share of its height that it has risen to. */
  risen: number;
}

/** What it has to fit into, in CSS pixels of the canvas. */
export interface Room {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Camera {
  box: Box;
  right: Vector;
  up: Vector;
  /** From the middle of the block towards the eye. */
  back: Vector;
  distance: number;
  /** Pixels to one unit at the distance one. */
  zoom: number;
  x: number;
  y: number;
}

export interface Ray {
  from: Vector;
  along: Vector;
}

export const START: Stance = { yaw_deg: -16, pitch_deg: 37, near: 1, x: 0, y: 0, risen: 1 };
const PITCH_DEG = { least: 8, most: 90 };
const NEAREST = 8;
const DISTANCE = 3;

/** Turned by so many degrees; never below the ground. */
export function turned(stance: Stance, yaw_deg: number, pitch_deg: number): Stance {
  const yaw = stance.yaw_deg + yaw_deg;
  return {
    ...stance,
    yaw_deg: yaw - 360 * Math.round(yaw / 360),
    pitch_deg: Math.min(PITCH_DEG.most, Math.max(PITCH_DEG.least, stance.pitch_deg + pitch_deg)),
  };
}

/** Nearer by a factor; what lies at (x, y), in shares of the room from its middle, stays there. */
export function nearer(stance: Stance, factor: number, x = 0, y = 0): Stance {
  const near = Math.min(NEAREST, Math.max(1, stance.near * factor));
  const by = near / stance.near;
  return shifted({ ...stance, near, x: x - (x - stance.x) * by, y: y - (y - stance.y) * by }, 0, 0);
}

/** No farther than its own edge to the middle of the room. */
export function shifted(stance: Stance, x: number, y: number): Stance {
  const most = (stance.near - 1) / 2;
  const held = (value: number) => Math.min(most, Math.max(-most, value));
  return { ...stance, x: held(stance.x + x), y: held(stance.y + y) };
}

/** Between two stances, the shorter way around. */
export function towards(from: Stance, to: Stance, share: number): Stance {
  const mix = (a: number, b: number) => a + (b - a) * share;
  const around = to.yaw_deg - 360 * Math.round((to.yaw_deg - from.yaw_deg) / 360);
  return {
    yaw_deg: mix(from.yaw_deg, around),
    pitch_deg: mix(from.pitch_deg, to.pitch_deg),
    near: mix(from.near, to.near),
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    risen: mix(from.risen, to.risen),
  };
}

/** All of the block fills the room, whichever way it is turned. */
export function cameraOf(stance: Stance, size: Box, room: Room): Camera {
  const [yaw, pitch] = [stance.yaw_deg, stance.pitch_deg].map((deg) => (deg * Math.PI) / 180) as [number, number];
  const box: Box = [size[0], size[1] * Math.max(stance.risen, 1e-3), size[2]];
  const right: Vector = [Math.cos(yaw), 0, -Math.sin(yaw)];
  const up: Vector = [-Math.sin(pitch) * Math.sin(yaw), Math.cos(pitch), -Math.sin(pitch) * Math.cos(yaw)];
  const back: Vector = [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)];
  const distance = DISTANCE * Math.hypot(...size);
  const plain = { box, right, up, back, distance, zoom: 1, x: 0, y: 0 };
  const corners = CORNERS.map((corner) => project(plain, ...corner));
  const [left, end, top, bottom] = edgesOf(corners);
  const zoom = Math.min(room.width / (end - left), room.height / (bottom - top)) * stance.near;
  return {
    ...plain,
    zoom,
    x: room.left + room.width * (0.5 + stance.x) - (zoom * (left + end)) / 2,
    y: room.top + room.height * (0.5 + stance.y) - (zoom * (top + bottom)) / 2,
  };
}

const CORNERS = [0, 1].flatMap((time) => [0, 1].flatMap((height) => [0, 1].map((band) => [time, height, band])));

function edgesOf(points: Point[]): [number, number, number, number] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

export interface Point {
  x: number;
  y: number;
}

/** Where a place (shares of time, height and band) lies, in CSS pixels of the canvas. */
export function project(camera: Camera, time = 0, height = 0, band = 0): Point {
  const place = worldOf(camera.box, time, height, band);
  const scale = camera.zoom / (camera.distance - dot(place, camera.back));
  return { x: camera.x + scale * dot(place, camera.right), y: camera.y - scale * dot(place, camera.up) };
}

/** From the eye through a pixel, in shares of time, height and band. */
export function rayThrough(camera: Camera, x: number, y: number): Ray {
  const { box, back, right, up, zoom } = camera;
  const [a, b] = [(x - camera.x) / zoom, (camera.y - y) / zoom];
  const along = back.map((value, i) => (right[i] as number) * a + (up[i] as number) * b - value) as Vector;
  const eye = eyeOf(camera);
  return {
    from: [eye[0] / box[0] + 0.5, eye[1] / box[1] + 0.5, 0.5 - eye[2] / box[2]],
    along: [along[0] / box[0], along[1] / box[1], -along[2] / box[2]],
  };
}

/** The same as `project`, from the block to the clip space of a canvas, column by column. */
export function clipMatrix(camera: Camera, width: number, height: number): Float32Array {
  const { back, right, up, distance, zoom } = camera;
  const reach = Math.hypot(...camera.box) / 2 + 0.01;
  const [near, far] = [distance - reach, distance + reach];
  const [shift_x, shift_y] = [(2 * camera.x) / width - 1, 1 - (2 * camera.y) / height];
  const depth = (far + near) / (far - near);
  const columns = [0, 1, 2].map((i) => [
    ((2 * zoom) / width) * (right[i] as number) - shift_x * (back[i] as number),
    ((2 * zoom) / height) * (up[i] as number) - shift_y * (back[i] as number),
    -depth * (back[i] as number),
    -(back[i] as number),
  ]);
  const last = [shift_x * distance, shift_y * distance, depth * distance - (2 * far * near) / (far - near), distance];
  return Float32Array.from([...columns.flat(), ...last]);
}

/** The edges of the ground that are in front: its first or last time, its lowest or highest band. */
export function frontOf({ back }: Camera): { time: 0 | 1; band: 0 | 1 } {
  return { time: back[0] > 0 ? 1 : 0, band: back[2] >= 0 ? 0 : 1 };
}

export function eyeOf({ back, distance }: Camera): Vector {
  return back.map((value) => value * distance) as Vector;
}

/** The middle of the block is the origin. */
function worldOf(box: Box, time: number, height: number, band: number): Vector {
  return [(time - 0.5) * box[0], (height - 0.5) * box[1], (0.5 - band) * box[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
