"use client";

import { useCallback, useEffect, useState } from "react";

import { paintTimeAxis } from "@/drawing/axes";
import { plotOf } from "@/drawing/plot";
import { isLong, type Heard } from "@/session/heard";
import { byMember, type Layer } from "@/session/layers";
import { layersView, looked } from "@/session/session";
import { Canvas, type Paint } from "@/ui/Canvas";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { windowWords } from "./maps";
import { PaneHead } from "./PaneHead";
import { InnerStrip, MainStrip } from "./Strip";
import { TimeMarks } from "./TimeMarks";

const WATCHED = [layersView] as const;

/**
 * What each layer made of it, inside each its blocks in their natural order. Marks of time run on from the spectrogram,
 * but not where the layers have an axis of their own.
 */
export function Layers({ heard, most }: { heard: Heard; most: number }) {
  const [all, setAll] = useState(true);
  const own = isLong(heard);
  const names = heard.layers.filter(({ inside }) => inside.length > 0).length;
  useEffect(() => () => looked.set(null), []);
  return (
    <div className={own ? "" : "relative -mt-6 pt-6"}>
      <PaneHead title="Layer by layer" pane="layers" note={<Note heard={heard} />}>
        {names > 0 && (
          <Button look="plain" small aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Only the layers" : "With what is inside"}
          </Button>
        )}
      </PaneHead>
      <div className={own ? "relative" : ""}>
        <ol className="grid gap-5">
          {heard.layers.slice(0, most).map((layer, i) => (
            <LayerItem key={`${i} ${all}`} heard={heard} layer={layer} open={all} />
          ))}
        </ol>
        <TimeAxis />
        <TimeMarks axis={layersView} />
      </div>
    </div>
  );
}

function Note({ heard }: { heard: Heard }) {
  return (
    <>
      {isLong(heard) && <span className="text-text">{windowWords(heard)}, the window that decided; </span>}
      mean over the channels; open one to see them all
    </>
  );
}

function LayerItem({ heard, layer, open }: { heard: Heard; layer: Layer; open: boolean }) {
  return (
    <li>
      <MainStrip heard={heard} layer={layer} />
      {layer.inside.length > 0 && <Inside heard={heard} layer={layer} open={open} />}
    </li>
  );
}

function Inside({ heard, layer, open }: { heard: Heard; layer: Layer; open: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <>
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
        className="tall:scroll-mt-[34rem] relative z-20 mt-1 inline-flex min-h-7 items-center gap-1 bg-paper pr-2 text-xs text-soft hover:text-text"
      >
        <Icon name="down" className={`size-3.5 transition-transform ${shown ? "" : "-rotate-90"}`} />
        Inside {layer.name}
      </button>
      {shown &&
        byMember(layer.inside).map(({ member, maps }, i) => (
          <div key={i}>
            {member && <h4 className="relative z-20 w-fit bg-paper pt-1.5 pr-2 pb-1 text-xs text-text">{member}</h4>}
            <ol className="grid gap-1.5 md:gap-1">
              {maps.map((map, k) => (
                <li key={k}>
                  <InnerStrip heard={heard} map={map} />
                </li>
              ))}
            </ol>
          </div>
        ))}
    </>
  );
}

function TimeAxis() {
  const paint = useCallback<Paint>((context, width, height, ink) => {
    paintTimeAxis(context, { ...plotOf(width, height, ink.em), plot_height: 0 }, layersView.get(), ink);
  }, []);
  return <Canvas label="" aria-hidden paint={paint} watch={WATCHED} height="1.75rem" className="mt-1" />;
}
