// What the page knows at a time. One sound is looked at; a new one replaces it only once it has been understood.
import type { Trouble } from "@/api/trouble";
import type { PaletteName } from "@/drawing/palettes";
import type { View } from "@/drawing/view";
import { viewOfLayers, type Heard } from "./heard";
import { derived, signal } from "./signal";

export type Request =
  | { state: "idle" }
  | { state: "fetching"; name: string; sample_id?: string }
  | { state: "sending"; name: string; sample_id?: string; share: number }
  | { state: "listening"; name: string; sample_id?: string }
  | { state: "failed"; name: string; trouble: Trouble; again: () => void };

/** Where the pointer is over the panes; `hz` only over a spectrogram. */
export interface Cursor {
  time_s: number;
  hz?: number;
}

/** A place of a map that is looked at; `channel` where it is not the mean of all. */
export interface Looked {
  name: string;
  row: number;
  column: number;
  channel?: number;
}

export type SpectrogramMode = "network" | "fine";
export type Shape = "flat" | "relief";
/** Of one channel, or of the mean of all. */
export type ChannelShape = Shape | "mean";

export const heard = signal<Heard | null>(null);
export const IDLE: Request = { state: "idle" };
export const request = signal<Request>(IDLE);
/** The microphone is open: nothing is to sound that it would hear. */
export const recording = signal(false);
export const view = signal<View>({ from_s: 0, to_s: 5 });
export const layersView = derived([heard, view], () => viewOfLayers(heard.get(), view.get()));
export const selection = signal<View | null>(null);
export const cursor = signal<Cursor | null>(null);
export const looked = signal<Looked | null>(null);
export const palette = signal<PaletteName>("magma");
export const mode = signal<SpectrogramMode>("network");
/** What a person chose, for sounds that both suit. */
export const preferred = signal<SpectrogramMode>("network");
/** The map whose channels are open. */
export const opened = signal<string | null>(null);
/** How the spectrogram is drawn, and the channel that is enlarged. */
export const spectrogramShape = signal<Shape>("flat");
export const channelShape = signal<ChannelShape>("flat");
