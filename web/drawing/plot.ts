// Where a pane's plot lies. All panes share left and right edges, so that time runs through them alike.

export interface Plot {
  /** The whole canvas, in CSS pixels. */
  width: number;
  height: number;
  left: number;
  top: number;
  plot_width: number;
  plot_height: number;
  em: number;
}

/** Colours and sizes of a theme, read from the page once and handed to whatever paints. */
export interface Ink {
  dark: boolean;
  paper: string;
  text: string;
  soft: string;
  line: string;
  accent: string;
  wave: string;
  font: string;
  /** Size of axis labels. */
  em: number;
}

export interface Gutters {
  left: number;
  right: number;
}

const NARROW_EM = 52;

/** Room for frequencies at the left and for a colour scale at the right. */
export function guttersOf(width: number, em: number): Gutters {
  const narrow = width < NARROW_EM * em;
  return { left: Math.round(em * (narrow ? 3.2 : 5.6)), right: Math.round(em * 5) };
}

export function plotOf(
  width: number,
  height: number,
  em: number,
  margins: { top?: number; bottom?: number } = {},
): Plot {
  const { left, right } = guttersOf(width, em);
  const [top, bottom] = [margins.top ?? 0, margins.bottom ?? 0];
  return {
    width,
    height,
    left,
    top,
    plot_width: Math.max(1, width - left - right),
    plot_height: Math.max(1, height - top - bottom),
    em,
  };
}
