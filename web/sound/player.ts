// Plays a decoded sound and knows to the sample where it is.
import { runs } from "./output";

/** A stretch to stay within, or null for all of it. */
export interface Bounds {
  from_s: number;
  to_s: number;
}

export class Player {
  private context: AudioContext | null = null;
  private node: AudioBufferSourceNode | null = null;
  private started_at_s = 0;
  private from_s = 0;
  private bounds: Bounds | null = null;
  // Starting takes a while: what was wished for before something else is not done any more.
  private turn = 0;
  private starting = false;
  /** It was to play, and there was no output that would. */
  mute = false;

  constructor(
    readonly buffer: AudioBuffer,
    private readonly onChange: () => void,
  ) {}

  get playing(): boolean {
    return this.node !== null || this.starting;
  }

  get duration_s(): number {
    return this.buffer.duration;
  }

  /** What is heard now: the sound card lags behind what it was given. */
  get position_s(): number {
    if (!this.node || !this.context) return this.from_s;
    const lag_s = this.context.outputLatency || 0;
    const run_s = Math.max(0, this.context.currentTime - lag_s - this.started_at_s);
    return Math.min(this.end_s, this.from_s + run_s);
  }

  /** Plays on, or from the beginning of the bounds if it stands outside of them or at their end. */
  async play(bounds: Bounds | null = this.bounds): Promise<void> {
    const turn = this.halt();
    this.bounds = bounds;
    const start_s = bounds?.from_s ?? 0;
    if (this.from_s < start_s || this.from_s >= this.end_s - 0.005) this.from_s = start_s;
    this.context ??= new AudioContext({ latencyHint: "interactive" });
    this.starting = true;
    this.onChange();
    const heard = await runs(this.context);
    if (turn !== this.turn) return;
    this.starting = false;
    this.mute = !heard;
    if (heard) this.startNode(this.context);
    this.onChange();
  }

  pause(): void {
    this.from_s = this.position_s;
    this.halt();
    this.onChange();
  }

  seek(time_s: number): void {
    const goes_on = this.playing;
    this.halt();
    this.from_s = Math.min(this.duration_s, Math.max(0, time_s));
    if (this.bounds && (this.from_s < this.bounds.from_s || this.from_s > this.bounds.to_s)) this.bounds = null;
    if (goes_on) void this.play();
    else this.onChange();
  }

  bound(bounds: Bounds | null): void {
    this.bounds = bounds;
    if (this.playing) {
      this.from_s = this.position_s;
      void this.play(bounds);
    }
  }

  release(): void {
    this.halt();
    void this.context?.close();
    this.context = null;
  }

  private halt(): number {
    this.starting = false;
    this.stopNode();
    return ++this.turn;
  }

  private get end_s(): number {
    return Math.min(this.duration_s, this.bounds?.to_s ?? this.duration_s);
  }

  private startNode(context: AudioContext): void {
    const node = context.createBufferSource();
    node.buffer = this.buffer;
    node.connect(context.destination);
    node.onended = () => this.ended(node);
    node.start(0, this.from_s, Math.max(0.005, this.end_s - this.from_s));
    this.started_at_s = context.currentTime;
    this.node = node;
  }

  private ended(node: AudioBufferSourceNode): void {
    if (this.node !== node) return;
    this.node = null;
    this.from_s = this.end_s;
    this.onChange();
  }

  private stopNode(): void {
    if (!this.node) return;
    this.node.onended = null;
    this.node.stop();
    this.node.disconnect();
    this.node = null;
  }
}
