import { ToggleGroup } from "radix-ui";
import { useRef, type ReactNode } from "react";

export interface Option<T extends string> {
  value: T;
  title: string;
  face?: ReactNode;
}

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
}

/** One of a few, all of them in sight. Radix' own radio group measures each of them, before all is painted. */
export function Choice<T extends string>({ label, value, options, onChange }: Props<T>) {
  const byArrow = useRef(false);
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      // Pressing the pressed one would choose none.
      onValueChange={(next) => next && onChange(next as T)}
      onKeyDownCapture={({ key }) => (byArrow.current = key.startsWith("Arrow"))}
      className="inline-flex print:hidden max-w-full shrink-0 overflow-x-auto rounded-full border border-line bg-card p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          title={option.title}
          onFocus={() => byArrow.current && onChange(option.value)}
          aria-label={option.face ? option.title : undefined}
          className="inline-flex min-h-7 shrink-0 items-center justify-center rounded-full px-2.5 text-xs text-soft transition-colors -outline-offset-4 hover:text-text data-[state=on]:bg-text data-[state=on]:text-paper"
        >
          {option.face ?? option.title}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
