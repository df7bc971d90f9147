// One observer for all canvases: first all of them get their size, then all are painted. In turn, every size that
// is set would make the browser work out styles once more for the next canvas that names a font.

export interface Sized {
  /** New size in CSS pixels. */
  fit: (width: number, height: number) => void;
  paint: () => void;
}

const sized = new Map<Element, Sized>();
let observer: ResizeObserver | null = null;

export function watchSize(element: Element, one: Sized): () => void {
  observer ??= new ResizeObserver(onSizes);
  sized.set(element, one);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    sized.delete(element);
  };
}

function onSizes(entries: ResizeObserverEntry[]): void {
  for (const { target, contentRect } of entries) sized.get(target)?.fit(contentRect.width, contentRect.height);
  for (const { target } of entries) sized.get(target)?.paint();
}
