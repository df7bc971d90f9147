// What was analysed before, shown again without asking the server.
import { attempt, show } from "@/session/analyse";
import type { Heard } from "@/session/heard";
import { choose } from "@/session/models";
import { request } from "@/session/session";
import { second } from "@/session/second";
import { readSaved } from "./saved";
import { take } from "./shelf";

/** Once the server's models are known, if `ready` waits for that. */
export async function openKept(id: string, name: string, ready?: Promise<void>): Promise<void> {
  const work = async (signal: AbortSignal) => {
    request.set({ state: "fetching", name });
    await ready;
    const found = await take(id);
    if (signal.aborted) return;
    showKept(found);
  };
  await attempt(name, work, () => void openKept(id, name, ready));
}

export async function openSaved(file: File): Promise<void> {
  const work = async (signal: AbortSignal) => {
    second.set(null);
    request.set({ state: "fetching", name: file.name });
    const found = await readSaved(file);
    if (signal.aborted) return;
    showKept(found);
  };
  await attempt(file.name, work, () => void openSaved(file));
}

function showKept(found: Heard): void {
  performance.mark("document");
  choose(found.model);
  show(found);
}
