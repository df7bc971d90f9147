// An analysis as a file: written to be kept or passed on, and read again, from whoever it may be.
import { Trouble } from "@/api/trouble";
import { bytesOfBase64 } from "@/drawing/grid";
import { heardOf, type Heard, type Source } from "@/session/heard";
import { cardOf, models, summaryOf } from "@/session/models";
import { documentIn } from "./document";
import { fieldsOf, text, Unfit } from "./fields";

/** Five minutes of sound as WAV, in base64, and the analysis. */
const MOST_BYTES = 80e6;
const LONGEST_NAME = 300;

/** With the sound, if it is to be heard wherever it is opened. */
export async function savedOf({ document, source }: Heard, withSound: boolean): Promise<Blob> {
  const { name, blob } = source;
  const sound = withSound && blob.size > 0 ? await dataOf(blob) : undefined;
  return new Blob([JSON.stringify({ ...document, source: { name, ...sound } }, null, 1)], { type: "application/json" });
}

async function dataOf(blob: Blob): Promise<{ type: string; data: string }> {
  const address = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return { type: blob.type, data: address.slice(address.indexOf(",") + 1) };
}

/** Throws a Trouble that says what is wrong with the file. */
export async function readSaved(file: File): Promise<Heard> {
  if (file.size > MOST_BYTES) throw notSaved(`it is larger than ${MOST_BYTES / 1e6} MB`);
  try {
    const value: unknown = JSON.parse(await file.text());
    const document = documentIn(value);
    const source = sourceIn(value, file.name.replace(/\.json$/i, ""));
    const known = summaryOf(models.get(), document.model);
    const card = known ? await cardOf(known.name === models.get()[0]?.name ? null : known.name) : null;
    return heardOf(document, source, { model: document.model, rejects: Boolean(card?.rejection) });
  } catch (error) {
    throw notSaved(error instanceof Unfit ? error.message : "it is not the JSON of an analysis");
  }
}

function sourceIn(value: unknown, fileName: string): Source {
  const source = fieldsOf((value as { source?: unknown }).source ?? {}, "source");
  const name = text(source["name"] ?? fileName, "source.name", LONGEST_NAME);
  const data = source["data"];
  if (data === undefined) return { name, blob: new Blob() };
  if (typeof data !== "string") throw new Unfit("source.data is not a text");
  const type = text(source["type"] ?? "", "source.type", LONGEST_NAME);
  return { name, blob: new Blob([bytesOfBase64(data) as BlobPart], { type: SOUND.test(type) ? type : "" }) };
}

const SOUND = /^(audio|video)\/[\w.+-]+$/;

function notSaved(why: string): Trouble {
  return new Trouble(
    "Not a saved analysis",
    `The file cannot be shown: ${why}.`,
    "Choose a sound, or a file that this page has saved as “The whole analysis”.",
    false,
  );
}
