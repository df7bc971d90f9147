// Lowest and highest sample of each column of pixels.

const BLOCK_SAMPLES = 256;

/** A sound with the extremes of each of its blocks, so that minutes of it are as quick to draw as seconds. */
export interface Sound {
  samples: Float32Array;
  rate_hz: number;
  low: Float32Array;
  high: Float32Array;
}

export interface Envelope {
  low: Float32Array;
  high: Float32Array;
}

export function soundOf(samples: Float32Array, rate_hz: number): Sound {
  const blocks = Math.ceil(samples.length / BLOCK_SAMPLES);
  const sound = { samples, rate_hz, low: new Float32Array(blocks), high: new Float32Array(blocks) };
  for (let i = 0; i < blocks; i++) {
    const [low, high] = extremes(samples, samples, i * BLOCK_SAMPLES, (i + 1) * BLOCK_SAMPLES);
    sound.low[i] = low;
    sound.high[i] = high;
  }
  return sound;
}

/** Extremes of `columns` equal stretches from `from_s` to `to_s`; beyond the sound there is silence. */
export function envelopeOf(sound: Sound, from_s: number, to_s: number, columns: number): Envelope {
  const low = new Float32Array(columns);
  const high = new Float32Array(columns);
  const first = from_s * sound.rate_hz;
  const per_column = ((to_s - from_s) * sound.rate_hz) / columns;
  for (let i = 0; i < columns; i++) {
    const from = Math.floor(first + i * per_column);
    const [least, most] = stretch(sound, from, Math.max(from + 1, Math.floor(first + (i + 1) * per_column)));
    low[i] = least;
    high[i] = most;
  }
  return { low, high };
}

/** The same from an envelope of the whole sound, where its samples are not to be had. */
export function resampled(
  whole: Envelope,
  duration_s: number,
  from_s: number,
  to_s: number,
  columns: number,
): Envelope {
  const per_s = whole.low.length / duration_s;
  const low = new Float32Array(columns);
  const high = new Float32Array(columns);
  for (let i = 0; i < columns; i++) {
    const [begin, end] = [i, i + 1].map((edge) => (from_s + (edge / columns) * (to_s - from_s)) * per_s) as [
      number,
      number,
    ];
    const first = Math.floor(begin);
    const [least, most] = extremes(whole.low, whole.high, first, Math.max(first + 1, Math.ceil(end)));
    low[i] = least;
    high[i] = most;
  }
  return { low, high };
}

function stretch(sound: Sound, from: number, to: number): [number, number] {
  if (to - from < 2 * BLOCK_SAMPLES) return extremes(sound.samples, sound.samples, from, to);
  return extremes(sound.low, sound.high, Math.floor(from / BLOCK_SAMPLES), Math.ceil(to / BLOCK_SAMPLES));
}

function extremes(low: Float32Array, high: Float32Array, from: number, to: number): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  const end = Math.min(low.length, to);
  for (let i = Math.max(0, from); i < end; i++) {
    if ((low[i] as number) < least) least = low[i] as number;
    if ((high[i] as number) > most) most = high[i] as number;
  }
  return least <= most ? [least, most] : [0, 0];
}
