// A fine spectrogram of a sound: levels in dB below full scale, rows evenly spaced in mel.
import { hzOfMel, melOfHz } from "./bands";
import type { Grid } from "./grid";

export interface SpectrumWish {
  from_s: number;
  to_s: number;
  columns: number;
  rows: number;
  highest_hz: number;
}

/** Levels [rows x columns] in dB; a sine at full scale has 0 dB. */
export interface Levels {
  rows: number;
  columns: number;
  values_db: Float32Array;
}

const FLOOR_DB = -160;
const HEARD_SHARE = 0.05;

/**
 * Hann windows of `size` samples, centred on the middle of each column; silence beyond the ends. Where a column is
 * longer than a window, a second one is centred on its loudest sample, and the higher level counts: a knock between
 * two middles is not lost.
 */
export function levelsOf(samples: Float32Array, rate_hz: number, wish: SpectrumWish, size = 2048): Levels {
  const { columns, rows } = wish;
  const transform = fourier(size);
  const window = hann(size);
  const bands = bandEdges(rows, wish.highest_hz, rate_hz, size);
  const values_db = new Float32Array(rows * columns).fill(FLOOR_DB);
  const edge = (column: number) => Math.round((wish.from_s + (column / columns) * (wish.to_s - wish.from_s)) * rate_hz);
  for (let column = 0; column < columns; column++) {
    for (const centre of centresOf(samples, edge(column), edge(column + 1), size)) {
      const power = transform(framed(samples, centre - size / 2, window));
      for (let row = 0; row < rows; row++) {
        const at = row * columns + column;
        values_db[at] = Math.max(values_db[at] as number, bandLevel(power, bands, row));
      }
    }
  }
  return { rows, columns, values_db };
}

function centresOf(samples: Float32Array, from: number, to: number, size: number): number[] {
  const middle = Math.round((from + to) / 2);
  return to - from > size ? [middle, loudestSample(samples, from, to)] : [middle];
}

function loudestSample(samples: Float32Array, from: number, to: number): number {
  let [at, most] = [from, -1];
  const end = Math.min(samples.length, to);
  for (let i = Math.max(0, from); i < end; i++) {
    const level = Math.abs(samples[i] as number);
    if (level > most) [at, most] = [i, level];
  }
  return at;
}

/** Levels as steps between the loudest one and `depth_db` below it. */
export function gridOfLevels(levels: Levels, max_db: number, depth_db: number): Grid {
  const min_db = max_db - depth_db;
  const steps = Uint8Array.from(levels.values_db, (db) =>
    Math.round(255 * Math.min(1, Math.max(0, (db - min_db) / depth_db))),
  );
  return { rows: levels.rows, columns: levels.columns, min: min_db, max: max_db, steps };
}

export function loudest(levels: Levels): number {
  return levels.values_db.reduce((most, db) => Math.max(most, db), FLOOR_DB);
}

/** Upper end of the highest row that is above a level for some time: a click at an edge reaches all rows. */
export function highestHeard(levels: Levels, floor_db: number, highest_hz: number): number {
  const { rows, columns, values_db } = levels;
  let row = rows;
  while (row > 1 && shareAbove(values_db.subarray((row - 1) * columns, row * columns), floor_db) < HEARD_SHARE) row--;
  return hzOfMel((row / rows) * melOfHz(highest_hz));
}

function shareAbove(values_db: Float32Array, floor_db: number): number {
  return values_db.reduce((count, db) => count + Number(db > floor_db), 0) / values_db.length;
}

function hann(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

function framed(samples: Float32Array, from: number, window: Float32Array): Float32Array {
  return window.map((weight, i) => weight * (samples[from + i] ?? 0));
}

// First and last FFT bin of each row. Rows touch: no bin is in none. Narrow rows take the bin nearest to them.
function bandEdges(rows: number, highest_hz: number, rate_hz: number, size: number): Int32Array {
  const highest_mel = melOfHz(highest_hz);
  const binAt = (row: number) => Math.min(size / 2, Math.round((hzOfMel((row / rows) * highest_mel) / rate_hz) * size));
  return Int32Array.from({ length: rows * 2 }, (_, i) => binAt((i + (i & 1)) / 2));
}

function bandLevel(power: Float32Array, edges: Int32Array, row: number): number {
  let most = 0;
  for (let bin = edges[2 * row] as number; bin <= (edges[2 * row + 1] as number); bin++) {
    most = Math.max(most, power[bin] as number);
  }
  return Math.max(FLOOR_DB, 10 * Math.log10(most + 1e-20));
}

/**
 * Power of the bins 0..size/2 of real samples, scaled so that a full-scale sine under a Hann window gives 1.
 * Radix 2, decimation in time.
 */
export function fourier(size: number): (frame: Float32Array) => Float32Array {
  const order = bitReversed(size);
  const cosine = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sine = Float32Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  const real = new Float32Array(size);
  const imaginary = new Float32Array(size);
  return (frame) => {
    for (let i = 0; i < size; i++) real[i] = frame[order[i] as number] as number;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) butterflies(real, imaginary, cosine, sine, half);
    return powerOf(real, imaginary, size);
  };
}

function butterflies(
  real: Float32Array,
  imaginary: Float32Array,
  cosine: Float32Array,
  sine: Float32Array,
  half: number,
): void {
  const stride = real.length / (2 * half);
  for (let start = 0; start < real.length; start += 2 * half) {
    for (let k = 0; k < half; k++) {
      const a = start + k;
      const b = a + half;
      const c = cosine[k * stride] as number;
      const s = sine[k * stride] as number;
      const turned_re = (real[b] as number) * c - (imaginary[b] as number) * s;
      const turned_im = (real[b] as number) * s + (imaginary[b] as number) * c;
      real[b] = (real[a] as number) - turned_re;
      imaginary[b] = (imaginary[a] as number) - turned_im;
      real[a] = (real[a] as number) + turned_re;
      imaginary[a] = (imaginary[a] as number) + turned_im;
    }
  }
}

function powerOf(real: Float32Array, imaginary: Float32Array, size: number): Float32Array {
  const scale = (4 / size) ** 2;
  return Float32Array.from(
    { length: size / 2 + 1 },
    (_, i) => scale * ((real[i] as number) ** 2 + (imaginary[i] as number) ** 2),
  );
}

function bitReversed(size: number): Uint32Array {
  const bits = Math.log2(size);
  return Uint32Array.from({ length: size }, (_, i) => {
    let turned = 0;
    for (let bit = 0; bit < bits; bit++) turned |= ((i >> bit) & 1) << (bits - 1 - bit);
    return turned;
  });
}
