"use client";

import { useLayoutEffect } from "react";

import { diverging, sequential } from "@/drawing/palettes";
import type { Ink } from "@/drawing/plot";
import { signal } from "@/session/signal";

/** What canvases are painted with: the page's own colours, font and size. */
export const ink = signal<Ink | null>(null);

const LABEL_REM = 0.72;

/** Reads the theme's colours once the page has them. */
export function InkWell() {
  useLayoutEffect(() => {
    const read = () => ink.set(inkOfPage());
    read();
    const theme = new MutationObserver(read);
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    // Colours are computed while nobody waits for them.
    setTimeout(() => [diverging(ink.get()?.dark ?? false), sequential("magma")]);
    window.addEventListener("resize", read);
    // Labels are painted once: again, as soon as the page's font is there.
    void document.fonts?.ready.then(read);
    return () => {
      theme.disconnect();
      window.removeEventListener("resize", read);
    };
  }, []);
  return null;
}

/** The colours as they are. */
function inkOfPage(): Ink {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    dark: root.classList.contains("dark"),
    paper: colour("paper"),
    text: colour("text"),
    soft: colour("soft"),
    line: colour("line"),
    accent: colour("accent"),
    wave: colour("wave"),
    font: getComputedStyle(document.body).fontFamily,
    em: Math.max(11, Math.round(parseFloat(style.fontSize) * LABEL_REM)),
  };
}
