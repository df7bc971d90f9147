// From place to place of a map, by the arrow keys.
import { looked, type Looked } from "@/session/session";

interface Placed {
  name: string;
  rows: number;
  columns: number;
  channel?: number;
}

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
};

/** From the place that is looked at, or else from the middle; null of another key. */
export function placeAfter(key: string, { name, rows, columns, channel }: Placed): Looked | null {
  const move = MOVES[key];
  if (!move) return null;
  const before = looked.get();
  const from = before?.name === name && before.channel === channel ? before : { row: rows >> 1, column: columns >> 1 };
  const within = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  return { name, channel, row: within(from.row + move[0], rows), column: within(from.column + move[1], columns) };
}
