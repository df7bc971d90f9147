"use client";

import { cssColour, PALETTE_NAMES, sequential, type PaletteName } from "@/drawing/palettes";
import { palette } from "@/session/session";
import { useSignal } from "@/session/signal";
import { Choice } from "@/ui/Choice";

const OPTIONS = PALETTE_NAMES.map((name) => ({
  value: name,
  title: name.charAt(0).toUpperCase() + name.slice(1),
  face: (
    <span
      aria-hidden
      className="h-3.5 w-6 rounded-full forced-color-adjust-none"
      style={{ background: gradientOf(name) }}
    />
  ),
}));

export function Palettes() {
  return <Choice label="Palette" value={useSignal(palette)} options={OPTIONS} onChange={palette.set} />;
}

function gradientOf(name: PaletteName): string {
  const colours = [0.1, 0.35, 0.6, 0.85, 1].map((place) => cssColour(sequential(name), place));
  return `linear-gradient(90deg, ${colours.join(", ")})`;
}
