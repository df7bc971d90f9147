// What a slider of many places says of itself. It changes with every key, so it is written past React.
import { useLayoutEffect, type RefObject } from "react";

export interface Spoken {
  now: number;
  text: string;
}

export function speak(slider: Element | null, { now, text }: Spoken): void {
  slider?.setAttribute("aria-valuenow", String(now));
  slider?.setAttribute("aria-valuetext", text);
}

/** Says `first` until something else is said, and again once the slider is about another thing. */
export function useSpoken(slider: RefObject<Element | null>, first: Spoken, about: unknown): void {
  useLayoutEffect(() => speak(slider.current, first), [slider, about]);
}

export const NOTHING_CHOSEN: Spoken = { now: 0, text: "no place chosen" };
