// Everything that wants to be painted is painted once in the next frame, together.

type Paint = () => void;

const waiting = new Set<Paint>();
let asked = false;

export function soon(paint: Paint): void {
  waiting.add(paint);
  if (asked) return;
  asked = true;
  requestAnimationFrame(paintAll);
}

export function never(paint: Paint): void {
  waiting.delete(paint);
}

function paintAll(): void {
  asked = false;
  const now = [...waiting];
  waiting.clear();
  for (const paint of now) paint();
}
