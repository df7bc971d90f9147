const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8 5v14M16 5v14",
  stop: "M7 7h10v10H7z",
  microphone: "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  live: "M12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM8.6 15.4a4.8 4.8 0 0 1 0-6.8M15.4 8.6a4.8 4.8 0 0 1 0 6.8M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8",
  file: "M12 15.5V4M7.5 8.5 12 4l4.5 4.5M4.5 15v3.5a1.5 1.5 0 0 0 1.5 1.5h12a1.5 1.5 0 0 0 1.5-1.5V15",
  save: "M12 4v11.5M7.5 11 12 15.5 16.5 11M4.5 15v3.5a1.5 1.5 0 0 0 1.5 1.5h12a1.5 1.5 0 0 0 1.5-1.5V15",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  screen: "M3.5 5h17v11h-17zM9 20h6M12 16v4",
  closer: "M12 6v12M6 12h12",
  farther: "M6 12h12",
  whole: "M4 12h16M7.5 8 4 12l3.5 4M16.5 8l3.5 4-3.5 4",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  open: "M14 4.5h5.5V10M10 19.5H4.5V14M19.5 4.5 13.5 10.5M4.5 19.5l6-6",
  check: "M5.5 12.5l4.5 4.5 8.5-9.5",
  down: "M6.5 9.5 12 15l5.5-5.5",
  again: "M19 12a7 7 0 1 1-2.1-5M19 3.5V7.5h-4",
  more: "M5 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM19 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z",
  shelf: "M4 19.5h16M6 16.5v-12h3.5v12M9.5 16.5v-9H13v9M15 16.3 13.6 7.6l3.3-.6 1.6 8.8",
  compare: "M4 7.5h16M4 12h9.5M4 16.5h16M4 7.5v9",
  flat: "M4.5 6.5h15v11h-15zM4.5 12h15M12 6.5v11",
  relief: "M3 18.5 9.5 7l4 7 2.5-4 5 8.5z",
  about: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 7.8v.4",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: what it stands on has a name of its own. */
export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  const solid = name === "play" || name === "stop";
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      className={className}
      fill={solid ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
