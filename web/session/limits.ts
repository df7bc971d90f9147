// What the server takes, so that nobody waits for an upload that will be refused.
import { Trouble } from "@/api/trouble";
import { bytes } from "@/drawing/words";
import { models } from "./models";

/** Null while nothing is known against it. */
export function tooLarge({ size }: Blob): Trouble | null {
  const [limits] = models.get();
  if (!limits || size <= limits.upload_bytes) return null;
  return new Trouble(
    "Too large",
    `It has ${bytes(size)}, and the server takes up to ${bytes(limits.upload_bytes)}.`,
    "Cut out the part that matters, or save it as MP3 or M4A, and send that.",
    false,
  );
}
