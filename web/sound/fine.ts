// The fine spectrogram of what is in view, made by a worker when asked for.
import type { Sound } from "@/drawing/envelope";
import type { Grid } from "@/drawing/grid";
import type { SpectrumWish } from "@/drawing/spectrum";
import type { View } from "@/drawing/view";
import { signal } from "@/session/signal";

export interface Fine {
  sound: Sound;
  grid: Grid;
  placed: View;
  highest_hz: number;
}

export const fine = signal<Fine | null>(null);

const ROWS = 320;
const MOST_COLUMNS = 1400;
const HIGHEST_HZ = 20_000;
const WAIT_MS = 60;

let worker: Worker | null = null;
let loaded: Sound | null = null;
let turn = 0;
let timer = 0;

/** Asks for a view; the newest wish wins, and while a person still zooms nothing is computed. */
export function wishFine(sound: Sound, view: View): void {
  if (sound !== loaded) load(sound);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => ask(sound, view), WAIT_MS);
}

export function dropFine(): void {
  worker?.terminate();
  worker = null;
  loaded = null;
  fine.set(null);
}

function load(sound: Sound): void {
  worker ??= new Worker(new URL("./spectrum.worker.ts", import.meta.url), { type: "module" });
  loaded = sound;
  worker.postMessage({ samples: sound.samples, rate_hz: sound.rate_hz });
}

function ask(sound: Sound, view: View): void {
  if (!worker) return;
  const highest_hz = Math.min(HIGHEST_HZ, sound.rate_hz / 2);
  const wish: SpectrumWish = { ...view, columns: MOST_COLUMNS, rows: ROWS, highest_hz };
  const mine = ++turn;
  worker.onmessage = ({ data }: MessageEvent<{ grid: Grid; wish: SpectrumWish; turn: number }>) => {
    if (data.turn === turn || fine.get()?.sound !== sound) {
      fine.set({
        sound,
        grid: data.grid,
        placed: { from_s: data.wish.from_s, to_s: data.wish.to_s },
        highest_hz: data.wish.highest_hz,
      });
    }
  };
  worker.postMessage({ wish, turn: mine });
}
