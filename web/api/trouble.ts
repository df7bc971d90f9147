// What went wrong, what to do about it, and whether trying again makes sense.
import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

export class Trouble extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly advice: string,
    readonly again: boolean,
    readonly status = 0,
    readonly retry_after_s = 0,
  ) {
    super(`${title}: ${detail}`);
  }
}

const ADVICE: Record<number, string> = {
  404: "It may be gone by now. Analyse the sound again, or take another one.",
  408: "The upload took too long. Try again, or send a shorter piece or a compressed format.",
  413: "Cut out the part that matters, and send that.",
  415: "Choose a sound: WAV, MP3, M4A, FLAC, Ogg, Opus, AIFF, WebM and others are understood.",
  422: "If it plays elsewhere, save it anew as WAV or MP3 and try that file.",
  429: "Many are asking at once. Your sound is kept here: try again in a moment.",
  503: "The server is starting or stopping. Try again in a moment.",
  504: "It took too long. Try again, or send a shorter piece.",
};

const AGAIN = new Set([0, 408, 429, 500, 502, 503, 504]);

/** From a problem document (RFC 9457); other bodies leave the status alone to speak. */
export function troubleOf(status: number, body: unknown, retryAfter: string | null): Trouble {
  const problem = isProblem(body) ? body : null;
  return new Trouble(
    problem?.title ?? "The server could not do it",
    detailOf(status, problem),
    adviceFor(status, problem),
    AGAIN.has(status) || problem?.limit === "upload_s",
    status,
    Number(retryAfter) || 0,
  );
}

/** `kept`: what was to be sent is still here. */
export function unreachable(kept = false): Trouble {
  return new Trouble(
    "The server does not answer",
    "No connection could be made.",
    `Check that it runs and that you are online, then try again.${kept ? " Your sound is kept here." : ""}`,
    true,
  );
}

export function unreadable(): Trouble {
  return new Trouble(
    "The file cannot be read",
    "It is a folder, or it was changed, moved or deleted after it was chosen.",
    "Choose it again.",
    false,
  );
}

export function emptyFolder(): Trouble {
  return new Trouble(
    "No sounds in it",
    "Neither the folder nor those below hold a file that is called like a sound.",
    "Bring the files themselves: what is in them decides, not their names.",
    false,
  );
}

export function soundMissing(): Trouble {
  return new Trouble(
    "The sound itself is needed",
    "A saved analysis without its sound shows what was seen, but nothing can be heard anew.",
    "Bring the sound, or dismiss this.",
    false,
  );
}

export function asTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  return new Trouble("Something went wrong here", sentence(String(error)), "Try again, or reload the page.", true);
}

function adviceFor(status: number, problem: Problem | null): string {
  if (isOf(problem, "no-sample")) return "Choose another one, or bring a sound of your own.";
  if (isOf(problem, "not-at-hand")) return "The synthesised samples, those with a picture, are always at hand.";
  if (problem?.limit === "bytes") return "Cut out the part that matters, or save it as MP3 or M4A, and send that.";
  if (problem?.limit === "upload_s") return ADVICE[408]!;
  if (problem?.limit === "channels" || problem?.limit === "sample_rate")
    return "Save it with one or two channels at 44.1 kHz, and send that.";
  if (problem?.type.endsWith("/empty")) return "Check the recording: it holds no sound at all.";
  return ADVICE[status] ?? "Try again; if it happens again, tell who runs the server.";
}

// The server's own words are for who runs it.
const NOT_AT_HAND = "This clip is fetched from the web the first time, and the server could not reach it.";

const NO_SAMPLE = "The server has no sample of that name.";

function detailOf(status: number, problem: Problem | null): string {
  if (isOf(problem, "not-at-hand")) return NOT_AT_HAND;
  if (isOf(problem, "no-sample")) return NO_SAMPLE;
  const detail = sentence(problem?.detail ?? `status ${status}`);
  // What to do about it is said once, and here in the page's words.
  const advises = status === 415 || ["bytes", "upload_s", "decoded_s"].includes(problem?.limit ?? "");
  return advises ? sentence(detail.replace(/; .*/, "")) : detail;
}

function isOf(problem: Problem | null, slug: string): boolean {
  return problem?.type.endsWith(`/${slug}`) ?? false;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "title" in body && "detail" in body && "type" in body;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  // An address or a file's name stays as it is.
  return /^[a-z]+ /.test(ended) ? ended.charAt(0).toUpperCase() + ended.slice(1) : ended;
}
