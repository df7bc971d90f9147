// Where ground is lit: one WebGL 2 context for all reliefs of the page, as browsers give but a few.
import { FRAGMENT, VERTEX } from "./shaders";

export interface Studio {
  gl: WebGL2RenderingContext;
  canvas: HTMLCanvasElement;
  /** No graphics card draws, but the processor. */
  slow: boolean;
  program: WebGLProgram;
  /** Where a uniform of the shaders is set. */
  place: (name: string) => WebGLUniformLocation | null;
}

let studio: Studio | null = null;
const guests = new Set<() => void>();

/** Null where there is no WebGL 2. `onLost` is told once it is taken away. */
export function enter(onLost: () => void): Studio | null {
  studio ??= opened();
  if (studio) guests.add(onLost);
  return studio;
}

/** Who leaves last gives the context back. */
export function leave(onLost: () => void): void {
  guests.delete(onLost);
  if (guests.size > 0 || !studio) return;
  const { gl, canvas } = studio;
  canvas.removeEventListener("webglcontextlost", lose);
  studio = null;
  giveBack(gl);
}

function lose(): void {
  studio = null;
  for (const tell of [...guests]) tell();
  guests.clear();
}

function opened(): Studio | null {
  const smooth = contextOf(true);
  if (!smooth) return null;
  const slow = SOFTWARE.test(rendererOf(smooth));
  if (slow) giveBack(smooth);
  // Smooth edges would take a processor twice as long.
  const gl = slow ? contextOf(false) : smooth;
  const program = gl && programOf(gl);
  if (!gl || !program) return null;
  const canvas = gl.canvas as HTMLCanvasElement;
  canvas.addEventListener("webglcontextlost", lose);
  gl.useProgram(program);
  gl.enable(gl.DEPTH_TEST);
  gl.enable(gl.CULL_FACE);
  return { gl, canvas, slow, program, place: (name) => gl.getUniformLocation(program, name) };
}

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

function contextOf(antialias: boolean): WebGL2RenderingContext | null {
  return document.createElement("canvas").getContext("webgl2", { antialias });
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

function giveBack(gl: WebGL2RenderingContext): void {
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
