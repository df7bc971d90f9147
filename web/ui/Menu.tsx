import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

export interface MenuEntry {
  title: string;
  hint?: string;
  onSelect: () => void;
}

interface Props {
  /** The button that opens it. */
  children: ReactNode;
  entries: readonly (MenuEntry | "line")[];
}

export function Menu({ children, entries }: Props) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={8}
          collisionPadding={12}
          className="z-50 max-h-[70dvh] min-w-56 overflow-auto rounded-2xl border border-line bg-card p-1.5 text-sm text-text shadow-xl"
        >
          {entries.map((entry, i) =>
            entry === "line" ? (
              <DropdownMenu.Separator key={i} className="mx-2 my-1.5 h-px bg-line" />
            ) : (
              <Entry key={i} {...entry} />
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ title, hint, onSelect }: MenuEntry) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center justify-between gap-6 rounded-xl px-3 py-1.5 -outline-offset-2 data-[highlighted]:bg-line/60"
    >
      {title}
      <span className="text-xs text-soft">{hint}</span>
    </DropdownMenu.Item>
  );
}
