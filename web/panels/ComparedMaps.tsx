"use client";

import type { ReactNode } from "react";

import { describeEvidence, describeMap, describeSpectrogram } from "@/drawing/describe";
import type { Grid } from "@/drawing/grid";
import { paintSpectrogram } from "@/drawing/paint-spectrogram";
import { paintStrip } from "@/drawing/paint-strip";
import { plotOf } from "@/drawing/plot";
import { commonRange, type Range } from "@/drawing/range";
import { spanOf, type View } from "@/drawing/view";
import type { Heard } from "@/session/heard";
import { palette } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import type { Scale } from "./channel-colours";
import { Letter, LETTERS, type Sides } from "./letters";
import { colouredEvidence, colouredLevels, colouredMap, type Coloured } from "./pictures";
import { spectrogramPlot } from "./SpectrogramCanvas";

const WATCHED = [palette] as const;

interface Props {
  sides: Sides;
  scale: Scale;
}

/** One above the other, over the same length of time. */
export function ComparedMaps({ sides, scale }: Props) {
  return (
    <>
      <Spectrograms sides={sides} scale={scale} />
      <Evidence sides={sides} scale={scale} />
      {namesOf(sides).map((name) => (
        <LayerPair key={name} name={name} sides={sides} scale={scale} />
      ))}
    </>
  );
}

function namesOf(sides: Sides): string[] {
  return [...new Set(sides.flatMap(({ layers }) => layers.map(({ name }) => name)))];
}

/** From where each was looked into, as long as the longer of both. */
function viewOf({ window }: Heard, sides: Sides): View {
  const span_s = Math.max(...sides.map((side) => spanOf(side.window)));
  return { from_s: window.from_s, to_s: window.from_s + span_s };
}

/** Of the maps that are there: one of both, or its own. */
function rangeIn(grid: Grid, grids: (Grid | undefined)[], scale: Scale): Range {
  return scale === "shared" ? commonRange(grids.filter((one) => one !== undefined)) : grid;
}

function Spectrograms({ sides, scale }: Props) {
  const grids = sides.map(({ spectrogram }) => spectrogram);
  const [a, b] = sides.map(({ document }) => document.spectrogram);
  if (a?.data === b?.data) {
    return (
      <Group title="Spectrogram" note="what both networks get">
        <SpectrogramOf at={0} sides={sides} range={sides[0].spectrogram} both />
      </Group>
    );
  }
  return (
    <Group title="Spectrogram">
      {sides.map((side, i) => (
        <SpectrogramOf key={i} at={i} sides={sides} range={rangeIn(side.spectrogram, grids, scale)} />
      ))}
    </Group>
  );
}

interface SpectrogramProps {
  at: number;
  sides: Sides;
  range: Range;
  /** It is that of both. */
  both?: boolean;
}

function SpectrogramOf({ at, sides, range, both = false }: SpectrogramProps) {
  const side = sides[at] as Heard;
  const { spectrogram, window, document } = side;
  const { hz } = document.spectrogram;
  const paint: Paint = (context, width, height, ink) => {
    const coloured = colouredLevels(spectrogram, range);
    const seen = { ...coloured, placed: window, view: viewOf(side, sides), centres_hz: hz };
    paintSpectrogram(context, spectrogramPlot(width, height, ink.em), seen, ink);
  };
  const label = `${both ? "A and B" : LETTERS[at]}: ${describeSpectrogram(spectrogram, window, hz)}`;
  return (
    <div>
      <p className="flex items-center gap-1.5 pb-1.5 text-xs text-soft">
        <Letter at={at} />
        {both && <Letter at={1 - at} />}
        <span className="min-w-0 truncate">{side.source.name}</span>
      </p>
      <Canvas label={label} paint={paint} watch={WATCHED} height="clamp(9rem, 22vh, 14rem)" />
    </div>
  );
}

/** Of each what speaks for its likeliest class. */
function Evidence({ sides, scale }: Props) {
  const shown = sides.map(({ evidence }) => evidence[0]);
  const grids = shown.map((one) => one?.grid);
  if (grids.every((grid) => grid === undefined)) return null;
  const titles = [...new Set(shown.flatMap((one) => one?.title ?? []))];
  return (
    <Group title="Why" note={`what speaks for ${titles.join(" and for ")}, and what against it`}>
      {sides.map((side, i) => {
        const [one] = side.evidence;
        if (!one) return <Missing key={i} at={i} words="It does not tell what speaks for a class." />;
        const range = rangeIn(one.grid, grids, scale);
        const label = describeEvidence(one.title, one.grid, side.window, side.document.spectrogram.hz);
        const coloured = (dark: boolean) => colouredEvidence(one.grid, range, dark);
        return <Strip key={i} at={i} sides={sides} coloured={coloured} label={label} />;
      })}
    </Group>
  );
}

function LayerPair({ name, sides, scale }: Props & { name: string }) {
  const maps = sides.map(({ layers }) => layers.find((layer) => layer.name === name)?.main);
  const grids = maps.map((map) => map?.grid);
  const facts = maps.map((map) => map && `${map.facts.channels} channels, ${map.grid.rows} × ${map.grid.columns}`);
  const note = facts[0] === facts[1] ? facts[0] : facts.map((one, i) => `${LETTERS[i]} ${one ?? "none"}`).join(" · ");
  return (
    <Group title={name} note={note}>
      {sides.map((side, i) => {
        const map = maps[i];
        if (!map) return <Missing key={i} at={i} words={`It has no ${name}.`} />;
        const range = rangeIn(map.grid, grids, scale);
        const label = describeMap(name, map.grid, side.window, map.facts.channels);
        const coloured = (dark: boolean) => colouredMap(map.grid, dark, range);
        return <Strip key={i} at={i} sides={sides} coloured={coloured} label={label} />;
      })}
    </Group>
  );
}

interface StripProps {
  at: number;
  sides: Sides;
  coloured: (dark: boolean) => Coloured;
  label: string;
}

function Strip({ at, sides, coloured, label }: StripProps) {
  const side = sides[at] as Heard;
  const paint: Paint = (context, width, height, ink) => {
    const strip = { ...coloured(ink.dark), placed: side.window, view: viewOf(side, sides) };
    paintStrip(context, plotOf(width, height, ink.em), strip, ink);
  };
  return (
    <Row at={at}>
      <Canvas label={`${LETTERS[at]}: ${label}`} paint={paint} watch={WATCHED} height="3.75rem" />
    </Row>
  );
}

function Missing({ at, words }: { at: number; words: string }) {
  return (
    <Row at={at}>
      <p className="grid min-h-10 items-center pl-16 text-xs text-soft">{words}</p>
    </Row>
  );
}

function Group({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="pt-4">
      <p className="flex flex-wrap items-baseline gap-x-3 pb-1.5 text-sm">
        <span className="font-medium">{title}</span>
        <span className="text-xs text-soft">{note}</span>
      </p>
      <div className="grid gap-1.5">{children}</div>
    </section>
  );
}

/** The letter stands in the gutter that all panes have at their left. */
function Row({ at, children }: { at: number; children: ReactNode }) {
  return (
    <div className="relative">
      <span className="absolute top-1/2 left-0 flex -translate-y-1/2">
        <Letter at={at} />
      </span>
      {children}
    </div>
  );
}
