// The part of a map that lies in a stretch of time, in whole columns.
import type { Grid } from "@/drawing/grid";
import { spanOf, type View } from "@/drawing/view";

export interface Cut {
  grid: Grid;
  /** The time that its columns take. */
  placed: View;
}

/** What the view shows of a map; all of it where that is nothing. */
export function cutOf(grid: Grid, placed: View, view: View): Cut {
  const [first, end] = columnsIn(grid.columns, placed, view);
  if (first === 0 && end === grid.columns) return { grid, placed };
  const columns = end - first;
  const steps = new Uint8Array(grid.rows * columns);
  for (let row = 0; row < grid.rows; row++) {
    steps.set(grid.steps.subarray(row * grid.columns + first, row * grid.columns + end), row * columns);
  }
  const time = (column: number) => placed.from_s + (column / grid.columns) * spanOf(placed);
  return { grid: { ...grid, columns, steps }, placed: { from_s: time(first), to_s: time(end) } };
}

function columnsIn(columns: number, placed: View, view: View): [number, number] {
  const place = (time_s: number) => ((time_s - placed.from_s) / spanOf(placed)) * columns;
  const first = Math.max(0, Math.floor(place(view.from_s) + 1e-6));
  const end = Math.min(columns, Math.ceil(place(view.to_s) - 1e-6));
  return first < end ? [first, end] : [0, columns];
}
