// When what was sent had been heard: a line that is slow, or has left something out, does not make it later.

const KEPT_MS = 60_000;

export interface Span {
  /** In ms since 1970. */
  from_ms: number;
  to_ms: number;
}

export class Sent {
  private readonly pieces: { first: number; at_ms: number }[] = [];
  private samples = 0;

  constructor(private readonly rate_hz: number) {}

  /** The next piece of the stream, which began at `at_ms`. */
  add(count: number, at_ms: number): void {
    this.pieces.push({ first: this.samples, at_ms });
    this.samples += count;
    while (this.pieces[1] && at_ms - this.pieces[1].at_ms > KEPT_MS) this.pieces.shift();
  }

  /** Where the stretch from `start_s` to `end_s` of the stream was, if it is not long ago. */
  span(start_s: number, end_s: number): Span {
    return { from_ms: this.at(start_s), to_ms: this.at(end_s) };
  }

  private at(time_s: number): number {
    const sample = time_s * this.rate_hz;
    const piece = this.pieces.findLast(({ first }) => first < sample) ?? this.pieces[0];
    return piece ? piece.at_ms + ((sample - piece.first) / this.rate_hz) * 1000 : Date.now();
  }
}
