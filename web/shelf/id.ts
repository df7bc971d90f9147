// The same sound, heard by the same model, is kept once.

const LETTERS = 12;

/** The beginning of a digest; where browsers give none (plain http) every sound has another id. */
export async function idOf(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>, model: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return (Date.now() + Math.random()).toString(36).replace(".", "").slice(0, LETTERS);
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([model, "\n", bytes]).arrayBuffer());
  return [...new Uint8Array(digest)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, LETTERS);
}
