"use client";

import { useLayoutEffect } from "react";

import { diverging, sequential } from "@/drawing/palettes";
import type { Ink } from "@/drawing/plot";
import { signal } from "@/session/signal";
import { paintAll } from "./frame";

/** What canvases are painted with: the page's own colours, font and size. */
export const ink = signal<Ink | null>(null);

const LABEL_REM = 0.72;

/** Reads the theme's colours once the page has them. */
export function InkWell() {
  useLayoutEffect(() => {
    const read = () => {
      ink.set(inkOfPage());
      colourFrame(ink.get()?.paper ?? "");
    };
    read();
    const theme = new MutationObserver(read);
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    // Colours are computed while nobody waits for them.
    setTimeout(() => [diverging(ink.get()?.dark ?? false), sequential("magma")]);
    window.addEventListener("resize", read);
    const leaveScreen = onOtherScreen(read);
    const leavePrinter = onPrint(read);
    // Labels are painted once: again, as soon as the page's font is there.
    void document.fonts?.ready.then(read);
    return () => {
      theme.disconnect();
      leaveScreen();
      leavePrinter();
      window.removeEventListener("resize", read);
    };
  }, []);
  return null;
}

/** What the browser has around the page goes with the theme that was chosen. */
function colourFrame(paper: string): void {
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute("content", paper);
}

/** Tells when a pixel has become larger or smaller, as on another screen: what was painted is blurred there. */
function onOtherScreen(tell: () => void): () => void {
  let screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const listener = () => {
    screen.removeEventListener("change", listener);
    screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    screen.addEventListener("change", listener);
    tell();
  };
  screen.addEventListener("change", listener);
  return () => screen.removeEventListener("change", listener);
}

/** Paper is light: the theme gives way to it, and all is painted before the page goes on. */
function onPrint(tell: () => void): () => void {
  const { classList } = document.documentElement;
  let dark = false;
  const begin = () => {
    dark = classList.contains("dark");
    classList.remove("dark");
    tell();
    paintAll();
  };
  const end = () => dark && classList.add("dark");
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
  return () => {
    window.removeEventListener("beforeprint", begin);
    window.removeEventListener("afterprint", end);
  };
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
