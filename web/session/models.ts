// Which models the server has, and which of them is asked.
import { fetchModel, fetchModels, type ModelCard, type ModelSummary } from "@/api/client";
import { rememberInAddress } from "./address";
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
  const asked = chosen.get();
  if (asked && !found.slice(1).some(({ name }) => name === asked)) choose(null);
  void cardOf(chosen.get());
}

/** Null: the first. */
export function choose(name: string | null): void {
  chosen.set(name === models.get()[0]?.name ? null : name);
  rememberInAddress("model", chosen.get());
}

/** The model of this name among those of the server; null: the first. */
export function summaryOf(list: ModelSummary[], name: string | null): ModelSummary | undefined {
  return name === null ? list[0] : list.find((one) => one.name === name);
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
