// Everything that wants to be painted is painted once in the next frame, together. What is out of sight waits until
// nothing in sight does, and then comes a few a frame, so that scrolling stays smooth.

type Paint = () => void;

const FEW = 8;

const waiting = new Map<Paint, Element | undefined>();
let asked = false;

/** Paints in the next frame, or, where nobody sees the element, soon after. */
export function soon(paint: Paint, element?: Element | null): void {
  waiting.set(paint, element ?? undefined);
  ask();
}

export function never(paint: Paint): void {
  waiting.delete(paint);
}

/** Now, what is out of sight too. */
export function paintAll(): void {
  const all = [...waiting.keys()];
  waiting.clear();
  for (const paint of all) paint();
}

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(paintSome);
}

function paintSome(): void {
  asked = false;
  const all = [...waiting].map(([paint, element]) => ({ paint, element, seen: !element || isInSight(element) }));
  const now = all.filter(({ seen }) => seen);
  // Marks, which are no elements of their own here, move in every frame of a playing sound.
  if (!now.some(({ element }) => element)) now.push(...all.filter(({ seen }) => !seen).slice(0, FEW));
  for (const { paint } of now) {
    waiting.delete(paint);
    paint();
  }
  if (waiting.size > 0) ask();
}

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
