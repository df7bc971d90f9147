"use client";

import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";

import { describeEvidence } from "@/drawing/describe";
import { paintStrip } from "@/drawing/paint-strip";
import { plotOf } from "@/drawing/plot";
import { rangeOf, type Evidence as Shown } from "@/session/evidence";
import { isLong, type Heard } from "@/session/heard";
import { layersView, looked } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import { Choice, type Option } from "@/ui/Choice";
import { NOTHING_CHOSEN, speak, useSpoken } from "@/ui/spoken";
import { look } from "./Strip";
import { placeReading, windowWords } from "./maps";
import { placeAfter } from "./place-keys";
import { PaneHead } from "./PaneHead";
import { colouredEvidence } from "./pictures";
import { TimeMarks } from "./TimeMarks";
import { useTimePointer } from "./time-pointer";

const WATCHED = [layersView] as const;

/** Where in the sound the last layer heard what speaks for a class, and what against it. */
export function Evidence({ heard }: { heard: Heard }) {
  const [chosen, setChosen] = useState({ id: "", label: "" });
  const wanted = chosen.id === heard.document.id ? chosen.label : "";
  const shown = heard.evidence.find(({ label }) => label === wanted) ?? heard.evidence[0];
  if (!shown) return null;
  return (
    <div className={isLong(heard) ? "mb-6" : "relative -mt-6 mb-6 pt-6"}>
      <PaneHead title="Why" pane="evidence" note={<Note heard={heard} shown={shown} />}>
        <Choice
          label="Evidence for which class"
          value={shown.label}
          options={optionsOf(heard.evidence)}
          onChange={(label) => setChosen({ id: heard.document.id, label })}
        />
      </PaneHead>
      <div className={isLong(heard) ? "relative" : ""}>
        <EvidenceCanvas heard={heard} shown={shown} />
        <TimeMarks axis={layersView} />
      </div>
    </div>
  );
}

/** By their faces, if these differ: classes of one's own may have none. */
function optionsOf(evidence: Shown[]): Option<string>[] {
  const distinct = new Set(evidence.map(({ emoji }) => emoji)).size === evidence.length;
  return evidence.map(({ label, title, emoji }) => ({ value: label, title, face: distinct ? emoji : undefined }));
}

function Note({ heard, shown }: { heard: Heard; shown: Shown }) {
  return (
    <>
      {isLong(heard) && <span className="text-text">{windowWords(heard)}: </span>}
      what speaks <span className="text-for">for</span> {shown.title}, what{" "}
      <span className="text-against">against</span> it
      <Reading heard={heard} shown={shown} />
    </>
  );
}

function EvidenceCanvas({ heard, shown }: { heard: Heard; shown: Shown }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const paint = useCallback<Paint>(
    (context, width, height, ink) => {
      const coloured = colouredEvidence(shown.grid, rangeOf(heard.evidence), ink.dark);
      const strip = { ...coloured, placed: heard.window, view: layersView.get() };
      paintStrip(context, plotOf(width, height, ink.em), strip, ink);
    },
    [heard, shown],
  );
  useTimePointer(ref, { axis: layersView, onHover: (spot) => look(heard, shown.name, shown.grid, spot) });
  useSpoken(ref, NOTHING_CHOSEN, shown);
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const place = placeAfter(event.key, { ...shown.grid, name: shown.name });
    if (!place) return;
    event.preventDefault();
    looked.set(place);
    speak(event.currentTarget, { now: place.column, text: placeReading(heard, place, shown.grid) });
  };
  return (
    <Canvas
      canvasRef={ref}
      pane={{ id: "evidence", title: `Why: what speaks for ${shown.title}` }}
      label={describeEvidence(shown.title, shown.grid, heard.window, heard.document.spectrogram.hz)}
      paint={paint}
      watch={WATCHED}
      height="6rem"
      role="slider"
      tabIndex={0}
      aria-description="Arrow keys read place by place."
      aria-valuemin={0}
      aria-valuemax={shown.grid.columns - 1}
      onKeyDown={onKeyDown}
      onBlur={() => looked.set(null)}
      className="cursor-crosshair touch-pan-y rounded-sm"
    />
  );
}

/** Follows the pointer past React. */
function Reading({ heard, shown }: { heard: Heard; shown: Shown }) {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => {
      const place = looked.get();
      const words = place?.name === shown.name ? ` · ${placeReading(heard, place, shown.grid)}` : "";
      if (text.current) text.current.textContent = words;
    };
    return looked.subscribe(write);
  }, [heard, shown]);
  return <span ref={text} data-reading="evidence" className="text-text" />;
}
