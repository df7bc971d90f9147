import { Switch as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Props {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}

/** Yes or no, with the words it stands for. */
export function Switch({ on, onChange, children }: Props) {
  return (
    <label className="inline-flex min-h-9 cursor-pointer items-center gap-3 text-sm">
      <Radix.Root
        checked={on}
        onCheckedChange={onChange}
        className="h-6 w-10 shrink-0 rounded-full border border-line bg-line p-0.5 transition-colors data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-[1.125rem] rounded-full bg-card shadow transition-transform data-[state=checked]:translate-x-4" />
      </Radix.Root>
      {children}
    </label>
  );
}
