"use client";

import { fetchModel, type ModelCard } from "@/api/client";
import { bytes, percent, listed } from "@/drawing/words";
import { chosen, models, summaryOf } from "@/session/models";
import { useSignal } from "@/session/signal";
import { SURE } from "@/session/verdict";
import { Progress } from "@/ui/Progress";
import { Sheet } from "@/ui/Sheet";
import { useFetched } from "./fetched";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What the model says about itself. */
export function About({ open, onOpenChange }: Props) {
  const name = useSignal(chosen);
  const list = useSignal(models);
  const card = useFetched(open ? `model ${name}` : null, (signal) => fetchModel(name, signal));
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={list.length > 1 ? `About the model “${summaryOf(list, name)?.name}”` : "About this model"}
      description="What it is, how well it does, and where its limits are."
    >
      <div
        className="overflow-y-auto px-5 pt-2 pb-8 sm:px-8"
        tabIndex={0}
        role="region"
        aria-label="Facts about the model"
      >
        {card.state === "waiting" && <Progress value={null} label="Fetching" />}
        {card.state === "failed" && (
          <p role="alert" className="text-sm">
            {card.trouble.detail} {card.trouble.advice}
          </p>
        )}
        {card.state === "here" && <Facts card={card.value} />}
      </div>
    </Sheet>
  );
}

function Facts({ card }: { card: ModelCard }) {
  return (
    <>
      <Figures card={card} />
      <dl className="mt-8 grid gap-x-8 gap-y-4 text-sm sm:grid-cols-[9rem_1fr]">
        {factsOf(card).map(([name, words]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="-mt-3 leading-relaxed sm:mt-0">{words}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Figures({ card }: { card: ModelCard }) {
  const accuracy = crossValidation(card).mean_accuracy ?? heldOut(card)?.accuracy;
  const figures: [string, string][] = [
    ...(accuracy === undefined ? [] : [[percent(accuracy), "accuracy, held out"] as [string, string]]),
    [`${(card.parameters / 1e6).toFixed(1)} M`, "parameters"],
    [bytes(card.size_bytes), "model file"],
    [String(card.classes), "classes"],
  ];
  return (
    <ul className="grid grid-cols-2 gap-4 sm:grid-cols-4">
      {figures.map(([figure, words]) => (
        <li key={words} className="border-t-2 border-accent pt-2">
          <p className="font-serif text-4xl">{figure}</p>
          <p className="text-xs text-soft">{words}</p>
        </li>
      ))}
    </ul>
  );
}

interface CrossValidation {
  mean_accuracy?: number;
  ece?: number;
  folds?: Record<string, number>;
}

function crossValidation(card: ModelCard): CrossValidation {
  return (card.record["cross_validation"] ?? {}) as CrossValidation;
}

/** Of classes of one's own: measured once, on recordings set aside. */
interface HeldOut {
  accuracy: number;
  accuracy_95: [number, number];
  n: number;
}

function heldOut(card: ModelCard): HeldOut | null {
  return (card.record["held_out"] ?? null) as HeldOut | null;
}

function factsOf(card: ModelCard): [string, string][] {
  const { record } = card;
  const facts: [string, unknown][] = [
    ["Architecture", architecture(card)],
    ["It hears", frontEnd(card)],
    ["Learned from", record["data"]],
    ["Measured", measured(crossValidation(card)) || measuredOnce(heldOut(card))],
    ["Its confidence", confidence(card)],
    ["Not sure", doubt(card)],
    ["Limits", record["limits"]],
    ["Licence", record["licence"]],
    ["Data set", record["citation"]],
  ];
  return facts.filter((fact): fact is [string, string] => typeof fact[1] === "string" && fact[1] !== "");
}

const FAMILIES: Record<string, string> = {
  resnet: "a residual network",
  attention: "a residual network with attention",
  mobilenet: "a MobileNet (inverted residuals)",
  efficientnet: "an EfficientNet (inverted residuals that squeeze and excite)",
};

function architecture(card: ModelCard): string {
  const layers = card.activations.filter((name) => !name.includes("."));
  const blocks = new Set(card.activations.flatMap((name) => /^(.+\.block\d+)\./.exec(name)?.[1] ?? []));
  const kind = kindOf(card.family ?? "", card.activations);
  const work = card.multiply_adds
    ? ` One window takes ${Math.round(card.multiply_adds / 1e6)} million multiply-adds.`
    : "";
  return `“${card.name}”: ${kind} of ${layers.length} stages (${layers.join(", ")}) with ${blocks.size} blocks in them.${work}`;
}

/** In words; an ensemble's members are told by the names of what is inside its layers, a second of a kind by a number. */
function kindOf(family: string, activations: string[]): string {
  if (family !== "ensemble") return FAMILIES[family] ?? "a convolutional network";
  const members = new Set(activations.flatMap((name) => /^layer1\.(.+)\.block0\./.exec(name)?.[1] ?? []));
  const kinds = [...members].map((member) => kindOf(member.replace(/\d+$/, ""), []));
  return `${kinds.join(" and ")}, side by side, whose scores are averaged,`;
}

function frontEnd({ front_end }: ModelCard): string {
  const highest_hz = (front_end as Record<string, unknown>)["fmax_hz"];
  const range = typeof highest_hz === "number" ? ` up to ${highest_hz / 1000} kHz` : "";
  return (
    `${front_end.window_s} s at a time, as a log-mel spectrogram of ${front_end.mel_bands} bands${range} ` +
    `and ${front_end.frames} columns. Shorter sounds are filled up, longer ones heard in overlapping windows.`
  );
}

function measured({ folds, ece }: CrossValidation): string {
  if (!folds) return "";
  const scores = Object.entries(folds).map(([fold, share]) => `fold ${fold}: ${percent(share)}`);
  const calibration = ece === undefined ? "" : ` Expected calibration error ${percent(ece)}.`;
  return `Each fold was scored by a network that had not heard it (${scores.join(", ")}), after a fixed number of epochs.${calibration}`;
}

function measuredOnce(found: HeldOut | null): string {
  if (!found) return "";
  const [low, high] = found.accuracy_95.map(percent);
  return `On ${found.n} clips held out by whole recordings; with ${percent(0.95)} confidence the accuracy lies between ${low} and ${high}.`;
}

function confidence(card: ModelCard): string {
  const divided = `Scores are divided by ${card.temperature.toFixed(2)}, fitted on`;
  if (card.record["cross_validation"]) {
    return `${divided} held-out clips, so that a stated ${percent(0.8)} is right about ${percent(0.8)} of the time.`;
  }
  const once = heldOut(card);
  return once ? `${divided} the same ${once.n} clips.` : "Not compared with how often it is right.";
}

function doubt({ rejection, kinds }: ModelCard): string {
  const spread = "Uncertainty tells how widely the probabilities are spread: 0 all on one class, 1 all classes alike.";
  if (!rejection)
    return `This model never says so itself: an answer below ${percent(SURE)} is shown as a guess. ${spread}`;
  const { least_confidence, accepted } = rejection;
  const known = `An answer below ${percent(least_confidence)} is a guess; ${percent(accepted)} of held-out clips of its classes have more.`;
  const strange = kinds.length > 0 ? `Of a guess it also says whether it is like ${listed(kinds, "or")}.` : "";
  return [known, strange, spread].filter(Boolean).join(" ");
}
