import { Dialog } from "radix-ui";
import { useRef, type ReactNode } from "react";

import { useCloseRequest } from "./close-request";
import { Icon } from "./Icon";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A panel over the page: the whole of a phone, most of a desk. */
export function Sheet({ open, onOpenChange, title, description, wide = false, children }: Props) {
  const opener = useRef<Element | null>(null);
  useCloseRequest(open, () => onOpenChange(false));
  const width = wide ? "sm:w-[min(96vw,96rem)] sm:h-[94dvh]" : "sm:w-[min(92vw,44rem)] sm:max-h-[88dvh]";
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45 backdrop-blur-[2px]" />
        <Dialog.Content
          onOpenAutoFocus={() => (opener.current = document.activeElement)}
          onCloseAutoFocus={(event) => {
            // Opened by a signal, not by a trigger of Radix that it would go back to.
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true });
          }}
          // In a field Escape takes back what was written there.
          onEscapeKeyDown={(event) => {
            if (event.target instanceof Element && event.target.matches("input[type=text]")) event.preventDefault();
          }}
          className={`fixed inset-0 z-50 flex flex-col overflow-hidden border border-transparent bg-paper text-text shadow-2xl outline-none sm:inset-auto sm:top-1/2 sm:left-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-3xl ${width}`}
        >
          <header className="flex items-start gap-4 px-5 pt-5 pb-3 sm:px-8 sm:pt-7">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="font-serif text-2xl sm:text-3xl">{title}</Dialog.Title>
              <Dialog.Description className="mt-1 text-sm text-soft">{description}</Dialog.Description>
            </div>
            <Dialog.Close
              aria-label="Close"
              className="grid size-11 shrink-0 place-items-center rounded-full border border-line bg-card hover:border-soft"
            >
              <Icon name="close" />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
