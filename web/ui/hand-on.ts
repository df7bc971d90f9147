import type { MouseEvent } from "react";

/** Gives the keyboard to another element, before the one that was pressed goes away. A pointer has none to give. */
export function handOn({ detail }: MouseEvent, to: HTMLElement | null | undefined): void {
  if (detail === 0) to?.focus({ preventScroll: true });
}
