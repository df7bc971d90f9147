// Rows of a spectrogram and the frequencies they stand for.

/** Frequency of a place between rows; row k's centre is k. Straight between rows, and on beyond the ends. */
export function hzOfBand(centres_hz: ArrayLike<number>, band: number): number {
  const last = centres_hz.length - 1;
  if (last < 1) return centres_hz[0] ?? 0;
  const below = Math.min(last - 1, Math.max(0, Math.floor(band)));
  const [low, high] = [centres_hz[below] ?? 0, centres_hz[below + 1] ?? 0];
  return Math.max(0, low + (band - below) * (high - low));
}

/** The place between rows at which a frequency lies. */
export function bandOfHz(centres_hz: ArrayLike<number>, hz: number): number {
  const last = centres_hz.length - 1;
  let [below, above] = [0, last];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if ((centres_hz[middle] ?? 0) <= hz) below = middle;
    else above = middle;
  }
  const [low, high] = [centres_hz[below] ?? 0, centres_hz[above] ?? 1];
  return high > low ? below + (hz - low) / (high - low) : below;
}

/** Centres of `count` rows from 0 Hz to `highest_hz` that are evenly spaced in mel. */
export function melCentres(count: number, highest_hz: number): Float64Array {
  const highest_mel = melOfHz(highest_hz);
  return Float64Array.from({ length: count }, (_, i) => hzOfMel(((i + 0.5) / count) * highest_mel));
}

// Source: M. Slaney, Auditory Toolbox (1998): straight to 1 kHz, then logarithmic; as the network's own bands.
const BEND_HZ = 1000;
const BEND_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

export function melOfHz(hz: number): number {
  return hz < BEND_HZ ? (hz * BEND_MEL) / BEND_HZ : BEND_MEL + Math.log(hz / BEND_HZ) / LOG_STEP;
}

export function hzOfMel(mel: number): number {
  return mel < BEND_MEL ? (mel * BEND_HZ) / BEND_MEL : BEND_HZ * Math.exp((mel - BEND_MEL) * LOG_STEP);
}
