// The same as with a pointer, from the keyboard.
import type { KeyboardEvent } from "react";

import { isSeen, spanOf, within, zoomed, type View } from "@/drawing/view";
import { heard, recording, selection, view } from "@/session/session";
import { currentPlayer, position } from "@/sound/listening";
import { clearSelection, seekTo } from "./time-pointer";

const ZOOM_HELP = "plus and minus zoom, 0 shows everything, Escape clears the selection.";
export const KEYS_HELP = `Space plays, left and right jump, with Shift they select, ${ZOOM_HELP}`;
/** Of a pane whose arrows read. */
export const READING_HELP = `Arrows move a reading mark, Enter plays from it. Space plays, left and right with Shift select, ${ZOOM_HELP}`;

/** Handles a key of a pane; keys it does not know go on. */
export function onTimeKey(event: KeyboardEvent): void {
  const whole = heard.get()?.whole;
  if (!whole || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  // Held down, the space bar plays once.
  if (!event.repeat || event.key !== " ") act(whole, event.shiftKey);
}

type Action = (whole: View, shift: boolean) => void;

const ACTIONS: Record<string, Action> = {
  " ": () => togglePlaying(),
  ArrowLeft: (_, shift) => step(-1, shift),
  ArrowRight: (_, shift) => step(1, shift),
  Home: () => seekTo(0),
  End: (whole) => seekTo(whole.to_s),
  "+": (whole) => zoom(whole, 0.5),
  "=": (whole) => zoom(whole, 0.5),
  "-": (whole) => zoom(whole, 2),
  "0": (whole) => view.set(whole),
  Escape: () => clearSelection(),
};

export function togglePlaying(): void {
  const player = currentPlayer();
  if (!player || recording.get()) return;
  if (player.playing) return player.pause();
  const held = selection.get();
  // What is looked at is what is to be heard.
  if (!held && !playsFrom(position.get(), player)) seekTo(view.get().from_s);
  void player.play(held);
}

const AT_END_S = 0.005;

function playsFrom(time_s: number, { duration_s }: { duration_s: number }): boolean {
  return isSeen(time_s, view.get()) && time_s < Math.min(duration_s, view.get().to_s) - AT_END_S;
}

/** About the playhead, if it is to be seen; else about the middle. */
export function zoom(whole: View, factor: number): void {
  const now = view.get();
  const playhead_s = position.get();
  const seen = playhead_s > now.from_s && playhead_s < now.to_s;
  view.set(zoomed(now, whole, seen ? playhead_s : (now.from_s + now.to_s) / 2, factor));
}

// A fiftieth of what is in view: as fine as the eye asks for.
function step(direction: number, selecting: boolean): void {
  const by_s = (direction * spanOf(view.get())) / 50;
  const from_s = position.get();
  const duration_s = currentPlayer()?.duration_s ?? heard.get()?.whole.to_s ?? 0;
  const to_s = Math.min(duration_s, Math.max(0, from_s + by_s));
  if (selecting) extend(from_s, to_s);
  seekTo(to_s);
  const whole = heard.get()?.whole;
  const now = view.get();
  if (whole && (to_s < now.from_s || to_s > now.to_s)) {
    view.set(within({ from_s: now.from_s + by_s, to_s: now.to_s + by_s }, whole));
  }
}

// The end of the selection that the playhead stands on goes with it.
function extend(from_s: number, to_s: number): void {
  const held = selection.get() ?? { from_s, to_s: from_s };
  const other_s = Math.abs(held.to_s - from_s) <= Math.abs(held.from_s - from_s) ? held.from_s : held.to_s;
  selection.set({ from_s: Math.min(other_s, to_s), to_s: Math.max(other_s, to_s) });
}
