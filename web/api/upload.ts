// Sends a sound. XMLHttpRequest, because fetch cannot tell how much of a body has left.
import { SERVER } from "./address";
import type { AnalysisDocument } from "./client";
import { troubleOf, unreachable, unreadable, type Trouble } from "./trouble";

export interface Sending {
  /** Null: the server's first. */
  model: string | null;
  signal: AbortSignal;
  /** Share of the bytes that have left, 0..1. */
  onSent: (share: number) => void;
}

export interface Analysis {
  document: AnalysisDocument;
  /** From the last byte sent to the first of the answer. */
  waited_ms?: number;
}

export function analyze(sound: Blob, { model, signal, onSent }: Sending): Promise<Analysis> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const waited_ms = timed(request);
    const giveUp = () => request.abort();
    request.open("POST", `${SERVER}/api/v1/analyze${model ? `?model=${encodeURIComponent(model)}` : ""}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "text";
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0);
    request.onload = () => settle(request, (document) => resolve({ document, waited_ms: waited_ms() }), reject);
    request.onerror = () => void whyNotSent(sound).then(reject);
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", giveUp);
    signal.addEventListener("abort", giveUp);
    request.send(sound);
  });
}

function timed(request: XMLHttpRequest): () => number | undefined {
  let [sent_ms, answered_ms] = [NaN, NaN];
  request.upload.onload = () => (sent_ms = performance.now());
  request.onreadystatechange = () => {
    if (request.readyState === XMLHttpRequest.HEADERS_RECEIVED) answered_ms = performance.now();
  };
  // An answer may come before all is sent.
  return () => (answered_ms >= sent_ms ? answered_ms - sent_ms : undefined);
}

// A file that has changed since it was chosen fails like a connection, and so does a folder.
async function whyNotSent(sound: Blob): Promise<Trouble> {
  return sound
    .slice(0, 1)
    .arrayBuffer()
    .then(() => unreachable(true), unreadable);
}

function settle(
  request: XMLHttpRequest,
  resolve: (document: AnalysisDocument) => void,
  reject: (why: unknown) => void,
): void {
  const body = parsed(request.responseText);
  if (request.status === 200 && body) resolve(body as AnalysisDocument);
  else reject(troubleOf(request.status, body, request.getResponseHeader("Retry-After")));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
