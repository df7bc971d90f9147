// What is written along the axes of a relief.
import { timeTicks } from "@/drawing/axes";
import { bandOfHz } from "@/drawing/bands";
import { frequencyTicks } from "@/drawing/ticks";
import { spanOf, type View } from "@/drawing/view";
import { hertz, shortHertz } from "@/drawing/words";
import type { Ends } from "./ground";
import type { Scales } from "./paint-axes";

export function timeScale(placed: View): Scales["times"] {
  return (length_px, em) =>
    timeTicks(placed, length_px, em).map(({ time_s, text }) => ({
      share: (time_s - placed.from_s) / spanOf(placed),
      text,
    }));
}

/** `bands`: how many bands of the spectrogram the axis reaches over, of those whose centres are given. */
export function bandScale(centres_hz: ArrayLike<number>, bands: number): Scales["bands"] {
  const shareOf = (hz: number) => (bandOfHz(centres_hz, hz) + 0.5) / bands;
  const highest_hz = (centres_hz[centres_hz.length - 1] ?? 0) * 1.03;
  return (length_px, em) => {
    const ticks = frequencyTicks((hz) => shareOf(hz) * length_px, 0, highest_hz, em * 1.8).toReversed();
    // The unit once, with the highest one.
    return ticks.map((hz, i) => ({ share: Math.min(1, shareOf(hz)), text: i === 0 ? hertz(hz) : shortHertz(hz) }));
  };
}

/** Of what base and highest place stand for; zero, too, where it lies between them. */
export function valueScale({ min, max }: Ends, write: (value: number) => string, unit = ""): Scales["values"] {
  const top = { share: 1, text: write(max) + unit };
  if (min === max) return [{ ...top, share: 0 }];
  const ends = [top, { share: 0, text: write(min) }];
  return unit === "" && min < 0 && max > 0 ? [...ends, { share: -min / (max - min), text: "0" }] : ends;
}
