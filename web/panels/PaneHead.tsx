import type { ReactNode } from "react";

import { SavePicture } from "./SavePicture";

interface Props {
  title: string;
  note?: ReactNode;
  pane: string;
  children?: ReactNode;
}

export function PaneHead({ title, note, pane, children }: Props) {
  return (
    <div className="relative z-20 flex flex-wrap items-center gap-x-3 gap-y-2 bg-paper pt-2 pb-2.5 break-after-avoid">
      <h2 className="font-serif text-2xl">{title}</h2>
      <div className="mr-auto min-w-0 text-xs text-soft">{note}</div>
      {children}
      <SavePicture pane={pane} title={title} />
    </div>
  );
}
