// From the microphone to a WAV file. The device is let go as soon as recording ends, however it ends.
import { runs } from "./output";
import { wavOf } from "./wav";

export const LONGEST_S = 60;
const WORKLET = "/recorder-worklet.js";

export class Recorder {
  private readonly pieces: Float32Array[] = [];
  private recorded_samples = 0;

  private constructor(
    private readonly stream: MediaStream,
    private readonly context: AudioContext,
    private readonly onLevel: (level: number, recorded_s: number) => void,
  ) {}

  /**
   * Begins to record; `onLost` is called once if the microphone is taken away.
   *
   * Throws a DOMException named NotAllowedError, NotFoundError or NotReadableError, as browsers do; the same with
   * the name SecurityError where a page may not ask at all, TimeoutError where no sound can be put out.
   */
  static async start(onLevel: (level: number, recorded_s: number) => void, onLost: () => void): Promise<Recorder> {
    if (!navigator.mediaDevices) throw new DOMException("the page was not loaded securely", "SecurityError");
    // What makes speech clear makes rain disappear.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    const recorder = new Recorder(stream, new AudioContext(), onLevel);
    try {
      await recorder.connect();
    } catch (error) {
      recorder.release();
      throw error;
    }
    for (const track of stream.getTracks()) track.addEventListener("ended", onLost, { once: true });
    return recorder;
  }

  stop(): Blob {
    this.release();
    return wavOf(this.last(this.recorded_samples), this.context.sampleRate);
  }

  /** The last so many seconds of what there is so far; null while there is less than `least_s`. */
  newest(most_s: number, least_s: number): Blob | null {
    const { sampleRate } = this.context;
    if (this.recorded_samples < least_s * sampleRate) return null;
    return wavOf(this.last(Math.min(this.recorded_samples, Math.round(most_s * sampleRate))), sampleRate);
  }

  release(): void {
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") void this.context.close();
  }

  private async connect(): Promise<void> {
    await this.context.audioWorklet.addModule(WORKLET);
    if (!(await runs(this.context))) throw new DOMException("no sound output", "TimeoutError");
    // All inputs of an interface are mixed: the microphone need not be the first.
    const mixed = { channelCount: 1, channelCountMode: "explicit" } as const;
    const node = new AudioWorkletNode(this.context, "recorder", { numberOfOutputs: 1, ...mixed });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => this.take(data);
    // Safari runs only what leads to the output; the recorder itself is silent.
    this.context.createMediaStreamSource(this.stream).connect(node).connect(this.context.destination);
  }

  private last(count: number): Float32Array {
    const samples = new Float32Array(count);
    let end = count;
    for (let i = this.pieces.length - 1; i >= 0 && end > 0; i--) {
      const piece = this.pieces[i] as Float32Array;
      const kept = piece.subarray(Math.max(0, piece.length - end));
      samples.set(kept, end - kept.length);
      end -= kept.length;
    }
    return samples;
  }

  private take(piece: Float32Array): void {
    if (this.context.state === "closed") return;
    this.pieces.push(piece);
    this.recorded_samples += piece.length;
    const peak = piece.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.onLevel(peak, this.recorded_samples / this.context.sampleRate);
  }
}

/** Why recording did not begin, for people. */
export function microphoneTrouble(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError")
    return "The microphone is not allowed for this page. Allow it beside the address, then try again.";
  if (name === "NotFoundError") return "No microphone was found. Plug one in, then try again.";
  if (name === "NotReadableError") return "Another program holds the microphone. Close it, then try again.";
  if (name === "TimeoutError")
    return "Recording needs a sound output to keep time by, and this browser has none. Connect headphones or a speaker.";
  if (name === "SecurityError") return "Browsers give the microphone only to pages from https or localhost.";
  return `Recording did not start: ${String(error)}`;
}
