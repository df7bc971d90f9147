// Pointer, pinch and wheel over a pane, as times.
import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

import { guttersOf } from "@/drawing/plot";
import { panned, spanOf, timeOfX, zoomed, type View } from "@/drawing/view";
import { heard, selection, view } from "@/session/session";
import type { Watched } from "@/session/signal";
import { currentPlayer, seek } from "@/sound/listening";
import { ink } from "@/ui/ink";

/** A place over a pane: time, and CSS pixels from its top left. */
export interface Spot {
  time_s: number;
  x: number;
  y: number;
  height: number;
}

export interface TimeGestures {
  /** The stretch that the pane shows, where that is not the view. */
  axis?: Watched<View>;
  onHover?: (spot: Spot | null) => void;
  /** Without it a click jumps there. */
  onClick?: (spot: Spot) => void;
  /** The wheel alone zooms, not only with Ctrl or by a pinch on a trackpad. */
  wheel?: boolean;
}

const DRAG_PX = 5;
const WHEEL_STEP = 0.0022;
const QUIET_MS = 350;

interface Pane {
  element: HTMLElement;
  axis: Watched<View>;
}

export function useTimePointer(ref: RefObject<HTMLElement | null>, gestures: TimeGestures): void {
  const latest = useRef(gestures);
  useLayoutEffect(() => {
    latest.current = gestures;
  });
  const { wheel = false, axis = view } = gestures;
  useEffect(() => {
    if (!ref.current) return;
    const pane = { element: ref.current, axis };
    const stops = [followPointers(pane, latest), followWheel(pane, wheel)];
    return () => stops.forEach((stop) => stop());
  }, [ref, wheel, axis]);
}

function followPointers(pane: Pane, gestures: RefObject<TimeGestures>): () => void {
  const { element } = pane;
  const down = new Map<number, Spot>();
  let dragged = false;
  // Until all fingers are lifted: one that stays longer than the other selects nothing.
  let pinched = false;
  const start = (event: PointerEvent) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, spotOf(pane, event));
    dragged = false;
    pinched ||= down.size > 1;
  };
  const move = (event: PointerEvent) => {
    const { onHover, onClick } = gestures.current;
    const spot = spotOf(pane, event);
    const from = down.get(event.pointerId);
    if (from && down.size === 2) pinch(pane, down, event.pointerId, spot);
    else if (from && !pinched && (dragged || Math.abs(spot.x - from.x) > DRAG_PX)) {
      dragged = true;
      if (!onClick) selection.set(heardOf(stretch(from.time_s, spot.time_s)));
    }
    onHover?.(spot);
  };
  const end = (event: PointerEvent) => {
    const { onHover, onClick } = gestures.current;
    const from = down.get(event.pointerId);
    down.delete(event.pointerId);
    const zoomed = pinched;
    if (down.size === 0) pinched = false;
    if (!from || event.type === "pointercancel") return;
    if (!dragged && !zoomed) (onClick ?? jump)(from);
    else if (dragged && !onClick) currentPlayer()?.bound(selection.get());
    if (event.pointerType !== "mouse") onHover?.(null);
  };
  const leave = () => gestures.current.onHover?.(null);
  const listeners = { pointerdown: start, pointermove: move, pointerup: end, pointercancel: end, pointerleave: leave };
  return listen(element, listeners);
}

function jump({ time_s }: Spot): void {
  seekTo(time_s);
}

/** Jumps, and lets go of a stretch that does not hold the place. */
export function seekTo(time_s: number): void {
  const held = selection.get();
  if (held && (time_s < held.from_s || time_s > held.to_s)) clearSelection();
  seek(time_s);
}

export function clearSelection(): void {
  selection.set(null);
  currentPlayer()?.bound(null);
}

function pinch(pane: Pane, down: Map<number, Spot>, moved: number, spot: Spot): void {
  const whole = heard.get()?.whole;
  const [other] = [...down].filter(([id]) => id !== moved).map(([, one]) => one);
  const before = down.get(moved);
  if (!whole || !other || !before) return;
  const apart = Math.max(8, Math.abs(before.x - other.x));
  const middle_s = timeAt(pane, (before.x + other.x) / 2);
  const factor = apart / Math.max(8, Math.abs(spot.x - other.x));
  const next = zoomed(zoomable(pane, factor), whole, middle_s, factor);
  // What lay between the fingers stays there, wherever both go.
  view.set(panned(next, whole, (((before.x - spot.x) / 2) * spanOf(next)) / plotWidth(pane.element)));
  down.set(moved, spot);
}

/** What zooming starts from: going closer, what the pane shows; going away, what all the others do. */
function zoomable({ axis }: Pane, factor: number): View {
  return factor < 1 ? axis.get() : view.get();
}

function followWheel(pane: Pane, alone: boolean): () => void {
  const { element } = pane;
  let scrolled_ms = -Infinity;
  const onScroll = () => (scrolled_ms = performance.now());
  const onWheel = (event: WheelEvent) => {
    const whole = heard.get()?.whole;
    if (!whole) return;
    const held = event.ctrlKey || event.metaKey;
    if (!held && Math.abs(event.deltaX) > Math.abs(event.deltaY)) return pan(event, pane, whole);
    // A page that is being scrolled goes on scrolling when a pane passes under the pointer.
    if (!held && (!alone || performance.now() - scrolled_ms < QUIET_MS)) return;
    const factor = Math.exp(event.deltaY * WHEEL_STEP);
    const next = zoomed(zoomable(pane, factor), whole, spotOf(pane, event).time_s, factor);
    if (!held && spanOf(next) === spanOf(view.get())) return;
    event.preventDefault();
    view.set(next);
  };
  window.addEventListener("scroll", onScroll, { passive: true });
  element.addEventListener("wheel", onWheel, { passive: false });
  return () => {
    window.removeEventListener("scroll", onScroll);
    element.removeEventListener("wheel", onWheel);
  };
}

function pan(event: WheelEvent, { element, axis }: Pane, whole: View): void {
  event.preventDefault();
  // A pane that shows another stretch than the view would stand still.
  if (axis.get() !== view.get()) return;
  view.set(panned(view.get(), whole, (event.deltaX / plotWidth(element)) * spanOf(view.get())));
}

function spotOf({ element, axis }: Pane, event: MouseEvent): Spot {
  const box = element.getBoundingClientRect();
  const x = event.clientX - box.left;
  return { time_s: timeAt({ element, axis }, x), x, y: event.clientY - box.top, height: box.height };
}

function timeAt({ element, axis }: Pane, x: number): number {
  const { left } = guttersOf(element.clientWidth, ink.get()?.em ?? 12);
  const now = axis.get();
  return Math.min(now.to_s, Math.max(now.from_s, timeOfX(now, x, left, plotWidth(element))));
}

function plotWidth(element: HTMLElement): number {
  const { left, right } = guttersOf(element.clientWidth, ink.get()?.em ?? 12);
  return element.clientWidth - left - right;
}

/** What was filled up after a sound cannot be played. */
function heardOf({ from_s, to_s }: View): View | null {
  const end_s = heard.get()?.document.duration_s ?? to_s;
  return from_s < end_s ? { from_s, to_s: Math.min(to_s, end_s) } : null;
}

function stretch(a_s: number, b_s: number): View {
  return { from_s: Math.min(a_s, b_s), to_s: Math.max(a_s, b_s) };
}

function listen(element: HTMLElement, listeners: Record<string, (event: PointerEvent) => void>): () => void {
  const all = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of all) element.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of all) element.removeEventListener(name, listener);
  };
}
