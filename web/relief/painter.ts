// Ground as a picture, lit and coloured.
import type { Table } from "@/drawing/palettes";
import type { Grid } from "@/drawing/grid";
import { clipMatrix, eyeOf, type Camera } from "./camera";
import { groundOf, MOST_LINES, type Ends, type Ground } from "./ground";
import { meshOf, NUMBERS } from "./mesh";
import { enter, leave, type Studio } from "./studio";

/** Colours of the ground from its base (`from`) to its highest (`to`), as places 0..1 of a table. */
export interface Paintbox {
  table: Table;
  from: number;
  to: number;
}

/** CSS pixels, and how many of the screen there are to one of them. */
export interface Size {
  width: number;
  height: number;
  scale: number;
}

export interface Painter {
  /** As fine as it can be drawn sixty times a second. */
  survey: (grid: Grid, ends: Ends) => Ground;
  /** A picture that holds until the next one; null when it cannot be. */
  paint: (ground: Ground, camera: Camera, paintbox: Paintbox, size: Size) => HTMLCanvasElement | null;
  /** Lets go of all that it holds. */
  drop: () => void;
}

const SLOW_LINES = 98;
/** From the upper left of whoever looks, a little from behind the block. */
const LIGHT = { aside: -0.66, above: 0.7, behind: 0.16 };

/** Null where there is no WebGL 2; `onLost` when it is taken away later. */
export function painterOf(onLost: () => void): Painter | null {
  const studio = enter(onLost);
  if (!studio) return null;
  const { gl } = studio;
  const shape = gl.createVertexArray();
  const [vertices, triangles, colours] = [gl.createBuffer(), gl.createBuffer(), gl.createTexture()];
  const surveyed: { grid?: Grid; ends?: Ends; ground?: Ground } = {};
  let count = 0;
  let shown: Ground | null = null;
  let table: Table | null = null;

  const show = (ground: Ground) => {
    const mesh = meshOf(ground);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices);
    gl.bufferData(gl.ARRAY_BUFFER, mesh.vertices, gl.DYNAMIC_DRAW);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, triangles);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mesh.triangles, gl.DYNAMIC_DRAW);
    nameNumbers(studio);
    [shown, count] = [ground, mesh.triangles.length];
  };

  return {
    survey: (grid, ends) => {
      if (surveyed.ground && surveyed.grid === grid && surveyed.ends === ends) return surveyed.ground;
      const ground = groundOf(grid, ends, studio.slow ? SLOW_LINES : MOST_LINES);
      Object.assign(surveyed, { grid, ends, ground });
      return ground;
    },
    paint: (ground, camera, paintbox, size) => {
      if (gl.isContextLost()) return null;
      fit(studio, size);
      gl.bindVertexArray(shape);
      if (ground !== shown) show(ground);
      gl.bindTexture(gl.TEXTURE_2D, colours);
      if (paintbox.table !== table) mix(gl, (table = paintbox.table));
      aim(studio, camera, size);
      gl.uniform2f(studio.place("colours_used"), paintbox.from, paintbox.to);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0);
      return studio.canvas;
    },
    drop: () => {
      gl.deleteVertexArray(shape);
      gl.deleteBuffer(vertices);
      gl.deleteBuffer(triangles);
      gl.deleteTexture(colours);
      leave(onLost);
    },
  };
}

function nameNumbers({ gl, program }: Studio): void {
  let offset = 0;
  for (const [name, numbers] of [
    ["place", 3],
    ["normal", 3],
    ["open", 1],
  ] as const) {
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, numbers, gl.FLOAT, false, NUMBERS * 4, offset * 4);
    offset += numbers;
  }
}

function fit({ gl, canvas }: Studio, { width, height, scale }: Size): void {
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  gl.viewport(0, 0, wide, high);
}

function mix(gl: WebGL2RenderingContext, table: Table): void {
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(table.buffer));
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
}

function aim({ gl, place }: Studio, camera: Camera, { width, height }: Size): void {
  const { aside, above, behind } = LIGHT;
  const [x, , z] = camera.right;
  gl.uniformMatrix4fv(place("clip"), false, clipMatrix(camera, width, height));
  gl.uniform3fv(place("box"), camera.box);
  gl.uniform3fv(place("eye"), eyeOf(camera));
  // Turned with the eye about the upright axis.
  const light = [aside * x + behind * z, above, aside * z - behind * x];
  gl.uniform3fv(
    place("light"),
    light.map((one) => one / Math.hypot(aside, above, behind)),
  );
}
