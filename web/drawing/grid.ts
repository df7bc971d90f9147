// Arrays as they travel: eight-bit steps with their true range, row 0 the lowest band.

/** Bytes of one plane: value = min + step / 255 * (max - min). */
export interface Grid {
  rows: number;
  columns: number;
  min: number;
  max: number;
  steps: Uint8Array;
}

/** As in the document: one or two dimensions, bytes in base64. */
export interface Bytes8 {
  shape: number[];
  min: number;
  max: number;
  data: string;
}

/** Every channel of one activation, each over its own range. */
export interface Channels {
  count: number;
  rows: number;
  columns: number;
  low: Float32Array;
  high: Float32Array;
  steps: Uint8Array;
}

const STEPS = 255;
const HEADER_BYTES = 12;
const FLOAT_BYTES = 4;

// Newer than the types that TypeScript comes with; several times faster than the way below.
type Base64 = { fromBase64?: (text: string) => Uint8Array };

export function bytesOfBase64(text: string): Uint8Array {
  const quick = (Uint8Array as Base64).fromBase64;
  if (quick) return quick.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A plane; one-dimensional arrays become a single row. */
export function gridOf({ shape, min, max, data }: Bytes8): Grid {
  const columns = shape.at(-1) ?? 0;
  const rows = shape.length > 1 ? (shape[0] ?? 0) : 1;
  const steps = bytesOfBase64(data);
  if (steps.length !== rows * columns) throw new RangeError(`${steps.length} bytes for ${rows} x ${columns}`);
  return { rows, columns, min, max, steps };
}

export function valueAt(grid: Grid, row: number, column: number): number {
  const step = grid.steps[row * grid.columns + column] ?? 0;
  return grid.min + (step / STEPS) * (grid.max - grid.min);
}

/** All values of a one-row grid. */
export function valuesOf(grid: Grid): Float32Array {
  const scale = (grid.max - grid.min) / STEPS;
  const values = new Float32Array(grid.steps.length);
  for (let i = 0; i < values.length; i++) values[i] = grid.min + (grid.steps[i] as number) * scale;
  return values;
}

/** Little-endian: C, H, W as uint32; C lows and C highs as float32; C * H * W steps. */
export function channelsOf(buffer: ArrayBuffer): Channels {
  const view = new DataView(buffer);
  const [count, rows, columns] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  const stepsAt = HEADER_BYTES + 2 * FLOAT_BYTES * count;
  const expected = stepsAt + count * rows * columns;
  if (buffer.byteLength !== expected) throw new RangeError(`${buffer.byteLength} bytes instead of ${expected}`);
  return {
    count,
    rows,
    columns,
    low: floatsAt(view, HEADER_BYTES, count),
    high: floatsAt(view, HEADER_BYTES + FLOAT_BYTES * count, count),
    steps: new Uint8Array(buffer, stepsAt),
  };
}

export function channelGrid(channels: Channels, channel: number): Grid {
  const size = channels.rows * channels.columns;
  return {
    rows: channels.rows,
    columns: channels.columns,
    min: channels.low[channel] ?? 0,
    max: channels.high[channel] ?? 0,
    steps: channels.steps.subarray(channel * size, (channel + 1) * size),
  };
}

/** Root mean square of each channel: how strongly it answers to this sound. */
export function strengths(channels: Channels): Float32Array {
  return Float32Array.from({ length: channels.count }, (_, channel) => rootMeanSquare(channelGrid(channels, channel)));
}

/** Channel numbers, strongest first; equals stay in their natural order. */
export function byStrength(strength: Float32Array): number[] {
  return [...strength.keys()].sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0) || a - b);
}

function rootMeanSquare(grid: Grid): number {
  const scale = (grid.max - grid.min) / STEPS;
  let sum = 0;
  for (const step of grid.steps) sum += (grid.min + step * scale) ** 2;
  return Math.sqrt(sum / Math.max(1, grid.steps.length));
}

// Floats need not lie on a multiple of four in the buffer, and a machine may be big-endian.
function floatsAt(view: DataView, offset: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + i * FLOAT_BYTES, true));
}
