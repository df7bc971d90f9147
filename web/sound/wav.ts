// Samples to a WAV file: 16 bits, one channel; little-endian, as every machine is that has a browser.

const HEADER_BYTES = 44;
/** The length of what goes on. */
export const UNKNOWN = 2 ** 32 - 1;

export function wavOf(samples: Float32Array, rate_hz: number): Blob {
  return new Blob([headerOf(rate_hz, samples.length * 2), pcmOf(samples)], { type: "audio/wav" });
}

export function headerOf(rate_hz: number, data_bytes: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  writeText(view, 0, "RIFF");
  view.setUint32(4, Math.min(UNKNOWN, HEADER_BYTES - 8 + data_bytes), true);
  writeText(view, 8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate_hz, true);
  view.setUint32(28, rate_hz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  writeText(view, 36, "data");
  view.setUint32(40, data_bytes, true);
  return view.buffer;
}

export function pcmOf(samples: Float32Array): ArrayBuffer {
  return Int16Array.from(samples, pcm16).buffer;
}

export function pcm16(sample: number): number {
  const held = Math.max(-1, Math.min(1, sample));
  return Math.round(held * (held < 0 ? 32768 : 32767));
}

function writeText(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}
