// Sounds that were brought together: each is named, and can then be looked into.
import { classify, type Answer } from "@/api/client";
import { asTrouble, Trouble, unreadable } from "@/api/trouble";
import { wait } from "@/ui/wait";
import { headlineOf, type Headline } from "./headline";
import { tooLarge } from "./limits";
import { cardOf, chosen } from "./models";
import { request } from "./session";
import { signal as signalOf } from "./signal";
import type { Brought } from "./sound-files";
import { verdictOf, type Verdict } from "./verdict";

/** One that has neither an answer nor a trouble still waits. */
export interface Row extends Brought {
  named?: Named;
  trouble?: Trouble;
}

export interface Named {
  answer: Answer;
  verdict: Verdict;
  headline: Headline | null;
}

export interface Several {
  rows: readonly Row[];
  /** There were more than are taken. */
  brought: number;
}

/** More are for the command line. */
export const MOST_FILES = 500;
const AT_ONCE = 2;
const BUSY = 429;
const TRIES = 20;

export const several = signalOf<Several | null>(null);

let underWay = new AbortController();

export function hearSeveral(brought: readonly Brought[]): void {
  start({ rows: brought.slice(0, MOST_FILES).map(waiting), brought: brought.length });
}

/** With the model that is chosen now. */
export function hearAllAgain(): void {
  again(() => true);
}

/** Those that failed for a reason that may be gone. */
export function hearFailedAgain(): void {
  again(({ trouble }) => trouble?.again ?? false);
}

export function closeSeveral(): void {
  underWay.abort();
  several.set(null);
}

function again(which: (row: Row) => boolean): void {
  const now = several.get();
  if (now) start({ ...now, rows: now.rows.map((row) => (which(row) ? waiting(row) : row)) });
}

function waiting({ name, file }: Brought): Row {
  return { name, file };
}

function start(all: Several): void {
  several.set(all);
  underWay.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  const next = all.rows.filter(({ named, trouble }) => !named && !trouble).values();
  for (let i = 0; i < AT_ONCE; i++) void hearNext(next, signal);
}

async function hearNext(next: IterableIterator<Row>, signal: AbortSignal): Promise<void> {
  for (const row of next) {
    const told = await hear(row, signal);
    if (signal.aborted) return;
    tell(row, told);
  }
}

function tell({ file }: Row, told: Partial<Row>): void {
  const now = several.get();
  if (now) several.set({ ...now, rows: now.rows.map((row) => (row.file === file ? { ...row, ...told } : row)) });
}

async function hear({ file }: Row, signal: AbortSignal): Promise<Partial<Row>> {
  const trouble = tooLarge(file);
  if (trouble) return { trouble };
  try {
    await untilNothingElse(signal);
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch(() => Promise.reject(unreadable()));
    return { named: await nameOf(file, signal) };
  } catch (error) {
    return { trouble: asTrouble(error) };
  }
}

async function nameOf(file: File, signal: AbortSignal): Promise<Named> {
  const model = chosen.get();
  const [answer, card] = await Promise.all([patiently(() => classify(file, model, signal), signal), cardOf(model)]);
  const verdict = verdictOf(answer, Boolean(card?.rejection));
  return { answer, verdict, headline: headlineOf(answer, verdict) };
}

/** Comes back as often as a busy server asks for it. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Trouble) || error.status !== BUSY || tries === TRIES) throw error;
      await wait(Math.max(1, error.retry_after_s) * 1000, signal, "abort");
    }
  }
}

/** What a person waits for comes first. */
function untilNothingElse(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      const { state } = request.get();
      if (state !== "idle" && state !== "failed" && !signal.aborted) return;
      stop();
      signal.removeEventListener("abort", look);
      done();
    };
    const stop = request.subscribe(look);
    signal.addEventListener("abort", look);
    look();
  });
}
