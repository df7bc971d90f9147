// The sound of the page: decoded once, for playing, for zooming and for the fine spectrogram.
import { soundOf, type Sound } from "@/drawing/envelope";
import { signal } from "@/session/signal";
import { decoded, mono } from "./decode";
import { Player } from "./player";

export type Listening =
  | { state: "decoding" }
  | { state: "impossible" }
  | { state: "ready"; sound: Sound; player: Player };

export const listening = signal<Listening>({ state: "decoding" });
export const playing = signal(false);
/** Nothing here puts out sound. */
export const mute = signal(false);
/** Where the playhead stands, in seconds; new in every frame while it runs. */
export const position = signal(0);

let newest = 0;

/** The sound before is no longer that of the page. */
export function forget(): void {
  newest++;
  currentPlayer()?.release();
  playing.set(false);
  mute.set(false);
  position.set(0);
  listening.set({ state: "decoding" });
}

/** The sound of the page, from now on; where the playhead has gone since the one before was forgotten, it stays. */
export async function listenTo(file: Blob): Promise<void> {
  const turn = newest;
  const buffer = await decoded(file);
  if (turn !== newest) return;
  if (!buffer) return listening.set({ state: "impossible" });
  const player = new Player(buffer, onChange);
  listening.set({ state: "ready", sound: soundOf(mono(buffer), buffer.sampleRate), player });
  player.seek(position.get());
}

export function currentPlayer(): Player | null {
  const now = listening.get();
  return now.state === "ready" ? now.player : null;
}

/** Goes to a place; while the sound is still being decoded, it will begin there. */
export function seek(time_s: number): void {
  const player = currentPlayer();
  if (player) player.seek(time_s);
  else position.set(time_s);
}

function onChange(): void {
  const player = currentPlayer();
  if (!player) return;
  const ran = playing.get();
  position.set(player.position_s);
  playing.set(player.playing);
  mute.set(player.mute);
  if (player.playing && !ran) requestAnimationFrame(run);
}

function run(): void {
  const player = currentPlayer();
  if (!player?.playing) return;
  position.set(player.position_s);
  requestAnimationFrame(run);
}
