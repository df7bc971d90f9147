// A file to samples, by the browser's own decoders.

const RATE_HZ = 44_100;

/** Null where this browser does not know the format: the server may all the same. */
export async function decoded(file: Blob): Promise<AudioBuffer | null> {
  try {
    // An offline context decodes without a person's click and without a sound card.
    return await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** Mean of the channels; of one, the buffer's own samples. */
export function mono(buffer: AudioBuffer): Float32Array<ArrayBuffer> {
  const channels = buffer.numberOfChannels;
  if (channels === 1) return buffer.getChannelData(0);
  const mixed = new Float32Array(buffer.length);
  for (let channel = 0; channel < channels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] as number) + (samples[i] as number) / channels;
  }
  return mixed;
}
