// A sound that goes on, on its way to the server, and what it says of it.
import { SERVER } from "@/api/address";
import type { LiveAnswer } from "@/api/client";
import { headerOf, pcmOf, UNKNOWN } from "@/sound/wav";
import { Sent, type Span } from "./sent";

const AGAIN_MS = 3_000;
const BUSY_MS = 30_000;
// A window takes five seconds; then there is an answer every second.
const PATIENCE_MS = 12_000;
const MOST_BEHIND_MS = 10_000;
// More than the line or the server keeps up with is left out: what comes next is what matters.
const MOST_WAITING_S = 3;
const SAMPLE_BYTES = 2;
const LAST_WORD_MS = 2_000;
// 4000 and the status of what is no sound for this server: it would say the same again.
const FINAL = [4413, 4415, 4422];

const SILENT = "The server does not answer just now. It is asked again.";
const BUSY = "The server is too busy just now. It is asked again.";
const NO_WEBSOCKETS = "What is between this page and the server lets no WebSocket through. It is tried again.";

interface Told {
  /** What a stretch of the sound sounds like, and when that was. */
  onAnswer: (answer: LiveAnswer, span: Span) => void;
  /** The connection is gone, and tried again from time to time. */
  onLost: (why: string) => void;
  /** The server takes no such sound. */
  onRefused: (why: string) => void;
}

export class Stream {
  private socket: WebSocket | null = null;
  private sent: Sent;
  /** When something was heard of the server last. */
  private sign_ms = 0;
  private refusal = "";
  private ended = false;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly watch: ReturnType<typeof setInterval>;

  constructor(
    private readonly rate_hz: number,
    private readonly model: string | null,
    private readonly told: Told,
  ) {
    this.sent = new Sent(rate_hz);
    // A line can be dead without anybody saying so.
    this.watch = setInterval(() => this.socket && performance.now() - this.sign_ms > PATIENCE_MS && this.lose(), 1000);
    window.addEventListener("online", this.hurry);
    this.open();
  }

  /** A piece that has just been heard. Nobody takes it: it is lost. */
  send(piece: Float32Array): void {
    const { socket } = this;
    const waiting_s = (socket?.bufferedAmount ?? 0) / SAMPLE_BYTES / this.rate_hz;
    if (socket?.readyState !== WebSocket.OPEN || waiting_s > MOST_WAITING_S) return;
    socket.send(pcmOf(piece));
    this.sent.add(piece.length, Date.now() - (piece.length / this.rate_hz) * 1000);
  }

  /** Nothing more comes: what is left is still named. */
  finish(): void {
    this.rest();
    if (this.socket?.readyState !== WebSocket.OPEN) return this.drop();
    this.socket.send(new ArrayBuffer(0));
    setTimeout(() => this.drop(), LAST_WORD_MS);
  }

  close(): void {
    this.rest();
    this.drop();
  }

  /** Nothing is tried again. */
  private rest(): void {
    clearInterval(this.watch);
    clearTimeout(this.again);
    window.removeEventListener("online", this.hurry);
    this.again = undefined;
    this.ended = true;
  }

  private drop(): void {
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private open(): void {
    this.again = undefined;
    const socket = new WebSocket(addressOf(this.model, "ws"));
    let opened = false;
    this.socket = socket;
    this.sent = new Sent(this.rate_hz);
    this.sign_ms = performance.now();
    socket.onopen = () => {
      opened = true;
      this.sign_ms = performance.now();
      socket.send(headerOf(this.rate_hz, UNKNOWN));
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (socket === this.socket) this.take(JSON.parse(data) as LiveAnswer | { detail: string });
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (this.ended) this.drop();
      else if (FINAL.includes(code)) this.refuse(this.refusal);
      else if (opened) this.lose();
      else void this.learnWhy();
    };
  }

  private take(message: LiveAnswer | { detail: string }): void {
    this.sign_ms = performance.now();
    if ("detail" in message) return void (this.refusal = message.detail);
    const span = this.sent.span(message.start_s, message.end_s);
    this.told.onAnswer(message, span);
    if (Date.now() - span.to_ms > MOST_BEHIND_MS) this.lose();
  }

  private lose(why = SILENT, again_ms = AGAIN_MS): void {
    this.drop();
    if (this.ended) return;
    this.told.onLost(why);
    this.again = setTimeout(() => this.open(), again_ms);
  }

  private refuse(why: string): void {
    this.close();
    this.told.onRefused(why);
  }

  private readonly hurry = () => {
    if (this.again === undefined) return;
    clearTimeout(this.again);
    this.open();
  };

  /** Browsers do not say why a WebSocket was not opened; asked without one, the server does. */
  private async learnWhy(): Promise<void> {
    const socket = this.socket;
    const signal = AbortSignal.timeout(PATIENCE_MS / 2);
    const answer = await fetch(addressOf(this.model, "http"), { signal }).catch(() => null);
    const problem = ((await answer?.json().catch(() => null)) ?? {}) as { detail?: string };
    if (socket !== this.socket) return;
    const status = answer?.status ?? 0;
    if (status === 429 || status === 503) this.lose(BUSY, BUSY_MS);
    else if (status === 426) this.lose(NO_WEBSOCKETS);
    else if (status >= 400 && status < 500) this.refuse(problem.detail ?? `The server refuses it: ${status}`);
    else this.lose();
  }
}

// As many as the server names at the most: how many there are is part of the answer.
const ALL = "1000";

function addressOf(model: string | null, scheme: "ws" | "http"): string {
  const address = new URL(`${SERVER}/api/v1/listen`, location.href);
  address.protocol = address.protocol.replace("http", scheme);
  address.searchParams.set("top", ALL);
  if (model) address.searchParams.set("model", model);
  return address.href;
}
