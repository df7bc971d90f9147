// Turning a relief, coming nearer and pointing at it: by pointer, fingers, wheel and keys.
import { useEffect, type KeyboardEvent, type RefObject } from "react";

import { nearer, shifted, START, towards, turned, type Stance } from "@/relief/camera";
import { roomOf } from "@/relief/paint-relief";
import type { Signal } from "@/session/signal";
import { ink } from "@/ui/ink";

export const TURNING_HELP =
  "Arrow keys turn it, with Shift they move it, plus and minus come nearer and go away, Home goes back.";

const DEG_PER_PX = 0.35;
const KEY_DEG = 5;
const KEY_SHARE = 0.05;
const KEY_FACTOR = 1.25;
const WHEEL_STEP = 0.0022;
const GLIDE_MS = 700;

interface Spot {
  x: number;
  y: number;
}

/** `onPoint`: CSS pixels of the canvas under a pointer that turns nothing; null once there is none. */
export function useTurning(
  ref: RefObject<HTMLCanvasElement | null>,
  stance: Signal<Stance>,
  onPoint: (spot: Spot | null) => void,
): void {
  useEffect(() => {
    if (!ref.current) return;
    const stops = [followPointers(ref.current, stance, onPoint), followWheel(ref.current, stance)];
    return () => stops.forEach((stop) => stop());
  }, [ref, stance, onPoint]);
}

/** True where the key was one for turning. */
export function onTurningKey(event: KeyboardEvent, stance: Signal<Stance>): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const now = stance.get();
  const [aside, up] = ARROWS[event.key] ?? [0, 0];
  const factor = { "+": KEY_FACTOR, "=": KEY_FACTOR, "-": 1 / KEY_FACTOR }[event.key];
  if (event.key === "Home") goBack(stance);
  else if (factor) stance.set(nearer(now, factor));
  else if (!aside && !up) return false;
  else if (event.shiftKey) stance.set(shifted(now, -aside * KEY_SHARE, up * KEY_SHARE));
  else stance.set(turned(now, aside * KEY_DEG, up * KEY_DEG));
  event.preventDefault();
  return true;
}

const ARROWS: Record<string, [aside: number, up: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** From the flat picture it rises to what it is. */
export function rise(stance: Signal<Stance>): () => void {
  stance.set({ ...START, yaw_deg: 0, pitch_deg: 90, risen: 0 });
  return glide(stance, START);
}

function goBack(stance: Signal<Stance>): void {
  glide(stance, START);
}

/** Whoever turns it meanwhile has the last word. */
function glide(stance: Signal<Stance>, to: Stance): () => void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    stance.set(to);
    return () => undefined;
  }
  const from = stance.get();
  const begun_ms = performance.now();
  let [set, frame] = [from, 0];
  const go = () => {
    if (stance.get() !== set) return;
    const share = Math.min(1, (performance.now() - begun_ms) / GLIDE_MS);
    stance.set((set = share < 1 ? towards(from, to, eased(share)) : to));
    if (share < 1) frame = requestAnimationFrame(go);
  };
  frame = requestAnimationFrame(go);
  return () => cancelAnimationFrame(frame);
}

function eased(share: number): number {
  return share < 0.5 ? 4 * share ** 3 : 1 - 4 * (1 - share) ** 3;
}

function followPointers(
  element: HTMLCanvasElement,
  stance: Signal<Stance>,
  onPoint: (spot: Spot | null) => void,
): () => void {
  const down = new Map<number, Spot>();
  const start = (event: PointerEvent) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, spotOf(event));
    onPoint(event.pointerType === "mouse" ? null : spotOf(event));
  };
  const move = (event: PointerEvent) => {
    const [spot, before] = [spotOf(event), down.get(event.pointerId)];
    if (!before) return onPoint(spot);
    if (spot.x === before.x && spot.y === before.y) return;
    onPoint(null);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) stance.set(pinched(element, stance.get(), other, before, spot));
    else stance.set(dragged(element, stance.get(), before, spot, event.shiftKey));
    down.set(event.pointerId, spot);
  };
  const end = (event: PointerEvent) => {
    down.delete(event.pointerId);
    if (event.type === "pointerleave") onPoint(null);
  };
  const listeners: [string, (event: PointerEvent) => void][] = [
    ["pointerdown", start],
    ["pointermove", move],
    ["pointerup", end],
    ["pointercancel", end],
    ["pointerleave", end],
    ["dblclick", () => goBack(stance)],
  ];
  for (const [name, listener] of listeners) element.addEventListener(name, listener as EventListener);
  return () => {
    for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
  };
}

function dragged(element: HTMLElement, stance: Stance, from: Spot, to: Spot, moves: boolean): Stance {
  const [x, y] = [to.x - from.x, to.y - from.y];
  if (!moves) return turned(stance, -x * DEG_PER_PX, y * DEG_PER_PX);
  const { width, height } = roomIn(element);
  return shifted(stance, x / width, y / height);
}

function pinched(element: HTMLElement, stance: Stance, other: Spot, from: Spot, to: Spot): Stance {
  const apart = (spot: Spot) => Math.max(1, Math.hypot(spot.x - other.x, spot.y - other.y));
  const { width, height } = roomIn(element);
  const middle = shareOf(element, { x: (other.x + to.x) / 2, y: (other.y + to.y) / 2 });
  const next = nearer(stance, apart(to) / apart(from), middle.x, middle.y);
  return shifted(next, (to.x - from.x) / 2 / width, (to.y - from.y) / 2 / height);
}

/** The wheel alone belongs to the page, unless the relief has the keyboard. */
function followWheel(element: HTMLElement, stance: Signal<Stance>): () => void {
  const onWheel = (event: WheelEvent) => {
    const held = event.ctrlKey || event.metaKey;
    if (!held && document.activeElement !== element) return;
    const { x, y } = shareOf(element, spotOf(event));
    const next = nearer(stance.get(), Math.exp(-event.deltaY * WHEEL_STEP), x, y);
    if (!held && next.near === stance.get().near) return;
    event.preventDefault();
    stance.set(next);
  };
  element.addEventListener("wheel", onWheel, { passive: false });
  return () => element.removeEventListener("wheel", onWheel);
}

function spotOf({ offsetX: x, offsetY: y }: MouseEvent): Spot {
  return { x, y };
}

function roomIn({ clientWidth, clientHeight }: HTMLElement) {
  return roomOf(clientWidth, clientHeight, ink.get()?.em ?? 12);
}

/** From the middle of the room, in shares of it. */
function shareOf(element: HTMLElement, { x, y }: Spot): Spot {
  const room = roomIn(element);
  return { x: (x - room.left) / room.width - 0.5, y: (y - room.top) / room.height - 0.5 };
}
