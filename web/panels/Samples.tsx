"use client";

import { Toolbar } from "radix-ui";
import { Fragment, useEffect, useRef } from "react";

import { fetchSamples, type SampleInfo } from "@/api/client";
import { analyseSample } from "@/session/analyse";
import { heard, recording, request } from "@/session/session";
import { useSignal } from "@/session/signal";
import { useFetched } from "./fetched";
import thumbnails from "./thumbnails.json";

/** Sounds to try; a press analyses at once. */
export function Samples({ compact }: { compact: boolean }) {
  const samples = useFetched("samples", fetchSamples, true);
  const now = useSignal(heard)?.source.sample_id;
  const list = samples.state === "here" ? samples.value : [];
  const chips = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = chips.current;
    const pressed = row?.querySelector<HTMLElement>("[aria-pressed=true]");
    // The row alone moves, not the page.
    if (compact && row && pressed) row.scrollLeft = middleOf(pressed) - row.clientWidth / 2;
  }, [compact, now, list.length]);
  if (samples.state === "failed") return <Missing />;
  const made = list.filter(hasPicture);
  const clips = list.filter((sample) => !hasPicture(sample)).map(told);
  const row =
    "relative -mx-4 mt-4 flex snap-x scroll-px-4 gap-2 overflow-x-auto px-4 pt-1 pb-3 [mask-image:linear-gradient(90deg,transparent,black_1.5rem,black_calc(100%-3rem),transparent)] [scrollbar-width:thin] sm:-mx-8 sm:scroll-px-8 sm:px-8 lg:-mx-12 lg:scroll-px-12 lg:px-12";
  const groups = compact ? [[...made, ...clips]] : [made, clips].filter(({ length }) => length > 0);
  return (
    <div className={compact ? "" : "min-h-96 pt-2"}>
      {!compact && <h2 className="pb-4 text-center text-sm text-soft">or begin with one of these</h2>}
      {/* One stop of the Tab key; arrows go on from there. */}
      <Toolbar.Root ref={chips} aria-label="Samples" className={compact ? row : ""}>
        {groups.map((samples) => (
          <Fragment key={samples[0]?.id}>
            {samples === clips && (
              <h3 className="pt-8 pb-4 text-center text-sm text-soft">recordings, fetched from the web when pressed</h3>
            )}
            <ul className={compact ? "contents" : "grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-7"}>
              {samples.map((sample) => (
                <li key={sample.id} className={compact ? "shrink-0 snap-start" : ""}>
                  <Sample sample={sample} compact={compact} now={sample.id === now} />
                </li>
              ))}
            </ul>
          </Fragment>
        ))}
      </Toolbar.Root>
    </div>
  );
}

function hasPicture({ id }: SampleInfo): boolean {
  return thumbnails.ids.includes(id);
}

/** Clips of one recording are told apart by their letter, as ESC-50 does: 1-172649-D-40. */
function told(clip: SampleInfo, _: number, clips: SampleInfo[]): SampleInfo {
  const take = /-([A-Z])-\d+$/.exec(clip.id)?.[1];
  const alone = clips.filter(({ title }) => title === clip.title).length === 1;
  return alone || !take ? clip : { ...clip, title: `${clip.title} ${take}` };
}

function middleOf(element: HTMLElement): number {
  return element.offsetLeft + element.offsetWidth / 2;
}

/** A tile while choosing, a chip once there is a result: the same elements with other looks. */
function Sample({ sample, compact, now }: { sample: SampleInfo; compact: boolean; now: boolean }) {
  const wanted = useWanted(sample);
  const looks = compact ? CHIP : TILE;
  // It would stop the recording's own naming, or be heard in it.
  const closed = useSignal(recording);
  return (
    <Toolbar.Button
      aria-pressed={now}
      aria-disabled={closed}
      onClick={() => void (closed || analyseSample(sample))}
      title={`${sample.credit} (${sample.licence})`}
      className={`group overflow-hidden border bg-card transition not-aria-disabled:hover:border-soft aria-disabled:opacity-45 ${looks.button} ${now || wanted ? "border-accent" : "border-line"}`}
    >
      <Thumbnail sample={sample} className={looks.picture} />
      <span className={looks.words}>
        <span className={looks.title}>
          {hasPicture(sample) && <>{sample.emoji}&ensp;</>}
          {sample.title}
        </span>
        <span className={looks.credit}>{creditOf(sample)}</span>
      </span>
    </Toolbar.Button>
  );
}

const TILE = {
  button: "w-full rounded-2xl text-left not-aria-disabled:hover:-translate-y-0.5",
  picture: "h-16 text-2xl sm:h-20",
  words: "block px-3 pt-2.5 pb-3",
  title: "block truncate text-sm font-medium",
  credit: "block truncate text-xs text-soft",
};
const CHIP = {
  button: "flex min-h-9 items-center rounded-full text-xs whitespace-nowrap",
  picture: "h-9 w-12 text-base",
  words: "pr-3.5 pl-2",
  title: "",
  credit: "hidden",
};

function useWanted(sample: SampleInfo): boolean {
  const now = useSignal(request);
  return now.state !== "idle" && now.state !== "failed" && now.sample_id === sample.id;
}

/** A small spectrogram of the sound itself; clips that are fetched first have none yet, and show what they are of. */
function Thumbnail({ sample, className }: { sample: SampleInfo; className: string }) {
  const place = thumbnails.ids.indexOf(sample.id);
  const picture = {
    backgroundImage: "url(/thumbnails.webp)",
    backgroundSize: `100% ${thumbnails.ids.length * 100}%`,
    backgroundPosition: `0 ${(place / Math.max(1, thumbnails.ids.length - 1)) * 100}%`,
  };
  return (
    <span aria-hidden className={`grid place-items-center bg-line/60 ${className}`}>
      {place >= 0 ? (
        <span className="h-full w-full opacity-90 transition-opacity group-hover:opacity-100" style={picture} />
      ) : (
        sample.emoji
      )}
    </span>
  );
}

/** The name of who made it, without the address. */
function creditOf({ credit, licence }: SampleInfo): string {
  const by = /by ([^,]+),/.exec(credit)?.[1];
  return by ? `${by} · ${licence}` : credit.replace(" for Audio-CNN", "");
}

function Missing() {
  return (
    <p className="py-4 text-center text-sm text-soft">
      The samples could not be fetched. They come as soon as the server answers.
    </p>
  );
}
