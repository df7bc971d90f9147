// The pictures of the page that can be saved, in the order in which they stand on it.
import type { RefObject } from "react";

import type { Paint } from "./Canvas";

export interface Pane {
  id: string;
  title: string;
  canvas: RefObject<HTMLCanvasElement | null>;
  paint: RefObject<Paint>;
}

const panes = new Map<string, Pane>();

export function keepPane(pane: Pane): () => void {
  panes.set(pane.id, pane);
  return () => {
    if (panes.get(pane.id) === pane) panes.delete(pane.id);
  };
}

export function paneOf(id: string): Pane | undefined {
  return panes.get(id);
}

export function allPanes(): Pane[] {
  return [...panes.values()].filter(({ canvas }) => canvas.current).sort(byPlace);
}

function byPlace(a: Pane, b: Pane): number {
  const relation = a.canvas.current?.compareDocumentPosition(b.canvas.current as Node) ?? 0;
  return relation & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
