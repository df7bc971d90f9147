"use client";

import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { savePane } from "./saving";

export function SavePicture({ pane, title }: { pane: string; title: string }) {
  const name = `Save picture: ${title}`;
  return (
    <Button look="plain" small aria-label={name} title={name} onClick={() => void savePane(pane)} className="!px-2">
      <Icon name="save" className="size-4" />
    </Button>
  );
}
