// The microphone, piece by piece. The device is let go as soon as it is released.
import { runs } from "./output";

const WORKLET = "/recorder-worklet.js";

export class Microphone {
  private readonly context = new AudioContext();
  private paused = false;

  private constructor(
    private readonly stream: MediaStream,
    private readonly onPiece: (piece: Float32Array) => void,
    private readonly onPaused: (paused: boolean) => void,
  ) {}

  /**
   * Opens it; `onLost` is called once if it is taken away, `onPaused` when something else has it for a while, such as a
   * call, and when that is over.
   *
   * Throws a DOMException named NotAllowedError, NotFoundError or NotReadableError, as browsers do; the same with
   * the name SecurityError where a page may not ask at all, TimeoutError where no sound can be put out.
   */
  static async open(
    onPiece: (piece: Float32Array) => void,
    onLost: () => void,
    onPaused: (paused: boolean) => void = () => undefined,
  ): Promise<Microphone> {
    if (!navigator.mediaDevices) throw new DOMException("the page was not loaded securely", "SecurityError");
    // What makes speech clear makes rain disappear.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    const microphone = new Microphone(stream, onPiece, onPaused);
    try {
      await microphone.connect();
    } catch (error) {
      microphone.release();
      throw error;
    }
    for (const track of stream.getTracks()) track.addEventListener("ended", onLost, { once: true });
    for (const [target, event] of microphone.watched) target.addEventListener(event, microphone.look);
    return microphone;
  }

  /** Samples a second. */
  get rate_hz(): number {
    return this.context.sampleRate;
  }

  release(): void {
    for (const [target, event] of this.watched) target.removeEventListener(event, this.look);
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") void this.context.close();
  }

  private get watched(): [EventTarget, string][] {
    const tracks = this.stream.getTracks();
    return [
      [this.context, "statechange"],
      [document, "visibilitychange"],
      ...["mute", "unmute"].flatMap((event) => tracks.map((track): [EventTarget, string] => [track, event])),
    ];
  }

  private readonly look = () => {
    if (this.context.state === "closed") return;
    const runs = this.context.state === "running";
    if (!runs) void this.context.resume().catch(() => undefined);
    const paused = !runs || this.stream.getTracks().some(({ muted }) => muted);
    if (paused !== this.paused) this.onPaused((this.paused = paused));
  };

  private async connect(): Promise<void> {
    await this.context.audioWorklet.addModule(WORKLET);
    if (!(await runs(this.context))) throw new DOMException("no sound output", "TimeoutError");
    // All inputs of an interface are mixed: the microphone need not be the first.
    const mixed = { channelCount: 1, channelCountMode: "explicit" } as const;
    const node = new AudioWorkletNode(this.context, "recorder", { numberOfOutputs: 1, ...mixed });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.context.state !== "closed") this.onPiece(data);
    };
    // Safari runs only what leads to the output; the recorder itself is silent.
    this.context.createMediaStreamSource(this.stream).connect(node).connect(this.context.destination);
  }
}

/** The loudest sample of a piece, 0..1. */
export function peakOf(piece: Float32Array): number {
  return piece.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** Why it did not open, for people. */
export function microphoneTrouble(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError")
    return "The microphone is not allowed for this page. Allow it beside the address, then try again.";
  if (name === "NotFoundError") return "No microphone was found. Plug one in, then try again.";
  if (name === "NotReadableError") return "Another program holds the microphone. Close it, then try again.";
  if (name === "TimeoutError")
    return "The microphone needs a sound output to keep time by, and this browser has none. Connect headphones or a speaker.";
  if (name === "SecurityError") return "Browsers give the microphone only to pages from https or localhost.";
  return `The microphone did not open: ${String(error)}`;
}
