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

/** Mean of the channels. */
export function mono(buffer: AudioBuffer): Float32Array<ArrayBuffer> {
  const mixed = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] as number) + (samples[i] as number);
  }
  if (buffer.numberOfChannels > 1)
    for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] as number) / buffer.numberOfChannels;
  return mixed;
}
