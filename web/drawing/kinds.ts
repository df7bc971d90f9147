// Kinds of sounds of no class that a model tells apart.

export interface Kind {
  emoji: string;
  /** As a sentence has it: "It sounds like a hum". */
  words: string;
}

const KINDS: Record<string, Kind> = {
  speech: { emoji: "🗣️", words: "speech" },
  music: { emoji: "🎶", words: "music" },
  noise: { emoji: "🌫️", words: "noise" },
  tones: { emoji: "🎛️", words: "tones" },
  hum: { emoji: "🔌", words: "a hum" },
  clicks: { emoji: "💥", words: "clicks" },
};

/** Undefined: there is none, or one of a later model. */
export function kindOf(resembles: string | null | undefined): Kind | undefined {
  return resembles && Object.hasOwn(KINDS, resembles) ? KINDS[resembles] : undefined;
}
