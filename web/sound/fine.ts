// The fine spectrogram of what is in view, made by a worker when asked for.
import type { Sound } from "@/drawing/envelope";
import type { Grid } from "@/drawing/grid";
import type { SpectrumWish } from "@/drawing/spectrum";
import type { View } from "@/drawing/view";
import { signal } from "@/session/signal";
import type { FromWorker, ToWorker } from "./spectrum.worker";

export interface Fine {
  sound: Sound;
  grid: Grid;
  placed: View;
  highest_hz: number;
}

export const fine = signal<Fine | null>(null);
/** The worker's code could not be had. It is asked for again. */
export const delayed = signal(false);

const ROWS = 320;
const MOST_COLUMNS = 1400;
export const HIGHEST_HZ = 20_000;
const WAIT_MS = 60;
const PAUSE_MS = 2000;

let worker: Worker | null = null;
let loaded: Sound | null = null;
// How many were loaded: an answer about one before is not for this one.
let sounds = 0;
let wanted: View | null = null;
let asked: View | null = null;
let busy = false;
let timer = 0;

/** Asks for a view; the newest wish wins, and while a person still zooms nothing is computed. */
export function wishFine(sound: Sound, view: View): void {
  if (sound !== loaded) load(sound);
  wanted = view;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    timer = 0;
    ask();
  }, WAIT_MS);
}

export function dropFine(): void {
  window.clearTimeout(timer);
  endWorker();
  [wanted, asked, timer] = [null, null, 0];
  fine.set(null);
  delayed.set(false);
}

function endWorker(): void {
  worker?.terminate();
  [worker, loaded, busy] = [null, null, false];
}

function load(sound: Sound): void {
  worker ??= begin();
  loaded = sound;
  sounds++;
  worker.postMessage({ samples: sound.samples, rate_hz: sound.rate_hz } satisfies ToWorker);
}

function begin(): Worker {
  const begun = new Worker(new URL("./spectrum.worker.ts", import.meta.url), { type: "module" });
  begun.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    busy = false;
    delayed.set(false);
    if (data.sounds === sounds && loaded) fine.set(fineOf(loaded, data));
    if (timer === 0) ask();
  };
  begun.onerror = beginAgain;
  return begun;
}

/** With another worker: one without its code is none. */
function beginAgain(): void {
  const [sound, view] = [loaded, wanted ?? asked];
  endWorker();
  delayed.set(true);
  window.clearTimeout(timer);
  if (sound && view) timer = window.setTimeout(() => wishFine(sound, view), PAUSE_MS);
}

// One wish at a time: those that come meanwhile would queue, and the newest be the last.
function ask(): void {
  if (!worker || !loaded || !wanted || busy) return;
  const highest_hz = Math.min(HIGHEST_HZ, loaded.rate_hz / 2);
  const wish: SpectrumWish = { ...wanted, columns: MOST_COLUMNS, rows: ROWS, highest_hz };
  [asked, wanted, busy] = [wanted, null, true];
  worker.postMessage({ wish, sounds } satisfies ToWorker);
}

function fineOf(sound: Sound, { grid, wish }: FromWorker): Fine {
  const { from_s, to_s, highest_hz } = wish;
  return { sound, grid, placed: { from_s, to_s }, highest_hz };
}
