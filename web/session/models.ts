// Which models the server has, and which of them is asked.
import { fetchModel, fetchModels, type ModelCard, type ModelSummary } from "@/api/client";
import { rememberInAddress } from "./address";
import type { Heard } from "./heard";
import { persistently } from "@/ui/persistently";
import { signal, useSignal } from "./signal";

/** The first one answers what asks for none. */
export const models = signal<ModelSummary[]>([]);
/** Null: the first. */
export const chosen = signal<string | null>(null);

// How many the shipped model knows: said until the server has told.
const CLASSES = 50;

/** Asks for the list; where the server is away, again until it comes, but nobody waits for that. */
export async function findModels(asked: string | null): Promise<void> {
  chosen.set(asked);
  const asking = fetchModels().then(keep);
  await asking.catch(() => void persistently(() => fetchModels().then(keep)));
}

/** A model that is chosen and not among them gives way to the first. */
function keep(found: ModelSummary[]): void {
  models.set(found);
  if (chosen.get()) choose(chosen.get());
  void cardOf(chosen.get());
}

/** Null: the first. */
export function choose(name: string | null): void {
  prefer(name);
  rememberInAddress({ model: chosen.get() });
}

/** For what is heard next; the address tells of it once that is there. */
export function prefer(name: string | null): void {
  const [first, ...others] = models.get();
  // One of another day may be gone; before the list is there nobody knows.
  const gone = first && !others.some((model) => model.name === name);
  chosen.set(gone ? null : name);
}

/** The model of this name among those of the server; null: the first. */
export function summaryOf(list: ModelSummary[], name: string | null): ModelSummary | undefined {
  return name === null ? list[0] : list.find((one) => one.name === name);
}

/** What who heard it is called: of an analysis from elsewhere as that says. */
export function hearerOf(list: ModelSummary[], { model, document }: Pick<Heard, "model" | "document">): string {
  return summaryOf(list, model)?.name ?? document.model;
}

/** How many classes the chosen model knows. */
export function useClasses(): number {
  return summaryOf(useSignal(models), useSignal(chosen))?.classes ?? CLASSES;
}

const cards = new Map<string | null, Promise<ModelCard | null>>();

/** What a model says about itself, asked once; null where that cannot be had. */
export function cardOf(name: string | null): Promise<ModelCard | null> {
  const known = cards.get(name);
  if (known) return known;
  const asked = fetchModel(name).catch(() => {
    cards.delete(name);
    return null;
  });
  cards.set(name, asked);
  return asked;
}
