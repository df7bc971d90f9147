import type { CSSProperties, ReactNode } from "react";

/** A word with a dot in its colour. */
export function Badge({ colour, children }: { colour?: string; children: ReactNode }) {
  return (
    <span className="inline-flex max-w-full items-center gap-2 rounded-full border border-line px-2.5 py-0.5 text-xs text-soft">
      {colour && (
        <span
          aria-hidden
          className="size-2 shrink-0 rounded-full forced-color-adjust-none"
          style={{ background: colour } as CSSProperties}
        />
      )}
      <span className="min-w-0 truncate">{children}</span>
    </span>
  );
}
