// From the microphone to a WAV file.
import { Microphone, peakOf } from "./microphone";
import { wavOf } from "./wav";

export const LONGEST_S = 60;

export class Recorder {
  private readonly pieces: Float32Array[] = [];
  private recorded_samples = 0;
  private microphone: Microphone | null = null;

  private constructor(private readonly onLevel: (level: number, recorded_s: number) => void) {}

  /** Begins to record; throws as `Microphone.open`, and `onLost` is called as there. */
  static async start(onLevel: (level: number, recorded_s: number) => void, onLost: () => void): Promise<Recorder> {
    const recorder = new Recorder(onLevel);
    recorder.microphone = await Microphone.open((piece) => recorder.take(piece), onLost);
    return recorder;
  }

  stop(): Blob {
    this.release();
    return wavOf(this.last(this.recorded_samples), this.rate_hz);
  }

  /** The last so many seconds of what there is so far; null while there is less than `least_s`. */
  newest(most_s: number, least_s: number): Blob | null {
    if (this.recorded_samples < least_s * this.rate_hz) return null;
    return wavOf(this.last(Math.min(this.recorded_samples, Math.round(most_s * this.rate_hz))), this.rate_hz);
  }

  release(): void {
    this.microphone?.release();
  }

  private get rate_hz(): number {
    return this.microphone?.rate_hz ?? 0;
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
    // The first may come before the microphone is ours.
    this.pieces.push(piece);
    this.recorded_samples += piece.length;
    if (this.microphone) this.onLevel(peakOf(piece), this.recorded_samples / this.rate_hz);
  }
}
