import { Progress as Radix } from "radix-ui";

interface Props {
  /** Share 0..1, or null while nobody knows. */
  value: number | null;
  label: string;
  colour?: string;
  className?: string;
}

export function Progress({ value, label, colour = "var(--accent)", className = "h-1.5" }: Props) {
  const percent = value === null ? null : Math.round(value * 1000) / 10;
  return (
    // The outline is there where the system chooses all colours.
    <Radix.Root
      value={percent}
      aria-label={label}
      className={`overflow-hidden rounded-full bg-line outline outline-transparent ${className}`}
    >
      <Radix.Indicator
        className={`h-full w-full origin-left rounded-full transition-transform duration-300 ease-out ${value === null ? "animate-[breathe_1.2s_ease-in-out_infinite]" : ""}`}
        style={{ background: colour, transform: `scaleX(${value ?? 1})` }}
      />
    </Radix.Root>
  );
}
