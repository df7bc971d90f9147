// A sound that goes on, on its way to the server, and what it says of it.
import { SERVER } from "@/api/address";
import type { LiveAnswer } from "@/api/client";
import { headerOf, pcmOf, UNKNOWN } from "@/sound/wav";

const AGAIN_MS = 3_000;
// 4000 and the status of what is no sound for this server: it would say the same again.
const FINAL = [4413, 4415, 4422];
// More than the line or the server keeps up with is left out: what comes next is what matters.
const MOST_WAITING_BYTES = 1_000_000;

interface Told {
  onAnswer: (answer: LiveAnswer) => void;
  /** The connection is gone, and tried again from time to time. */
  onLost: () => void;
  /** The server takes no such sound. */
  onRefused: (why: string) => void;
}

export class Stream {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private refusal = "";

  constructor(
    private readonly rate_hz: number,
    private readonly model: string | null,
    private readonly told: Told,
  ) {
    this.open();
  }

  /** A piece that nobody takes is lost. */
  send(piece: Float32Array): void {
    const { socket } = this;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < MOST_WAITING_BYTES) socket.send(pcmOf(piece));
  }

  close(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private open(): void {
    const socket = new WebSocket(addressOf(this.model));
    this.socket = socket;
    socket.onopen = () => socket.send(headerOf(this.rate_hz, UNKNOWN));
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (socket === this.socket) this.take(JSON.parse(data) as LiveAnswer | { detail: string });
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(code);
    };
  }

  private take(message: LiveAnswer | { detail: string }): void {
    if ("detail" in message) this.refusal = message.detail;
    else this.told.onAnswer(message);
  }

  private lost(code: number): void {
    this.socket = null;
    if (FINAL.includes(code)) return this.told.onRefused(this.refusal);
    this.told.onLost();
    this.timer = setTimeout(() => this.open(), AGAIN_MS);
  }
}

// As many as the server names at the most: how many there are is part of the answer.
const ALL = "1000";

function addressOf(model: string | null): string {
  const address = new URL(`${SERVER}/api/v1/listen`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("top", ALL);
  if (model) address.searchParams.set("model", model);
  return address.href;
}
