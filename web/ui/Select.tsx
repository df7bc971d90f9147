import { Select as Radix } from "radix-ui";

import { Icon } from "./Icon";

export interface SelectOption {
  value: string;
  hint?: string;
}

interface Props {
  label: string;
  value: string;
  options: readonly SelectOption[];
  onChange: (value: string) => void;
}

/** One of many, of which the chosen one is in sight. */
export function Select({ label, value, options, onChange }: Props) {
  return (
    <Radix.Root value={value} onValueChange={onChange}>
      <Radix.Trigger
        aria-label={label}
        className="inline-flex min-h-11 max-w-full min-w-0 items-center gap-2 rounded-full border border-line bg-card px-3 text-sm font-medium transition-colors sm:px-4 hover:border-soft"
      >
        <span className="hidden font-normal text-soft sm:inline">{label}</span>
        <span className="max-w-40 truncate">
          <Radix.Value />
        </span>
        <Icon name="down" className="size-4 shrink-0 text-soft" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={8}
          collisionPadding={12}
          className="z-50 max-h-[min(70dvh,var(--radix-select-content-available-height))] max-w-[calc(100vw-1.5rem)] min-w-(--radix-select-trigger-width) overflow-hidden rounded-2xl border border-line bg-card p-1.5 text-sm text-text shadow-xl"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Option key={option.value} {...option} />
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Option({ value, hint }: SelectOption) {
  return (
    <Radix.Item
      value={value}
      aria-describedby={hint && `about-${value}`}
      className="relative grid min-h-11 cursor-pointer content-center rounded-xl py-1.5 pr-3 pl-9 -outline-offset-2 data-[highlighted]:bg-line/60 data-[state=checked]:font-medium"
    >
      <Radix.ItemIndicator className="absolute left-2.5 self-center text-accent">
        <Icon name="check" className="size-4" />
      </Radix.ItemIndicator>
      <span className="truncate">
        <Radix.ItemText>{value}</Radix.ItemText>
      </span>
      <span id={`about-${value}`} className="text-xs font-normal text-soft">
        {hint}
      </span>
    </Radix.Item>
  );
}
