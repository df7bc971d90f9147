// The stretch of time that all panes show.

export interface View {
  from_s: number;
  to_s: number;
}

export const SHORTEST_S = 0.02;

export function spanOf(view: View): number {
  return view.to_s - view.from_s;
}

/** Across a plot of `width_px` that begins at `left_px`. */
export function xOfTime(view: View, time_s: number, left_px: number, width_px: number): number {
  return left_px + ((time_s - view.from_s) / spanOf(view)) * width_px;
}

export function timeOfX(view: View, x_px: number, left_px: number, width_px: number): number {
  return view.from_s + ((x_px - left_px) / width_px) * spanOf(view);
}

/** Factor below 1 goes closer; what lies at `at_s` stays where it is. */
export function zoomed(view: View, whole: View, at_s: number, factor: number): View {
  const span_s = Math.min(spanOf(whole), Math.max(SHORTEST_S, spanOf(view) * factor));
  const share = (at_s - view.from_s) / spanOf(view);
  return within({ from_s: at_s - share * span_s, to_s: at_s + (1 - share) * span_s }, whole);
}

export function panned(view: View, whole: View, by_s: number): View {
  return within({ from_s: view.from_s + by_s, to_s: view.to_s + by_s }, whole);
}

/** The same length, shifted by as much as it takes to lie inside. */
export function within(view: View, whole: View): View {
  const span_s = Math.min(spanOf(view), spanOf(whole));
  const from_s = Math.min(Math.max(view.from_s, whole.from_s), whole.to_s - span_s);
  return { from_s, to_s: from_s + span_s };
}

/** Moved just so far that a time is to be seen, as a playhead that leaves turns the page. */
export function following(view: View, whole: View, time_s: number): View {
  if (isSeen(time_s, view)) return view;
  return within({ from_s: time_s, to_s: time_s + spanOf(view) }, whole);
}

export function isSeen(time_s: number, view: View): boolean {
  return time_s >= view.from_s && time_s <= view.to_s;
}

export function isInside(view: View, other: View): boolean {
  return view.from_s > other.from_s - 1e-6 && view.to_s < other.to_s + 1e-6;
}

export function isWhole(view: View, whole: View): boolean {
  return spanOf(whole) - spanOf(view) < 1e-6;
}
