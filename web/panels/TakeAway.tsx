"use client";

import { useState } from "react";

import type { Heard } from "@/session/heard";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { copyLink, saveDocument, savePane, saveWholePicture } from "./saving";

const PANES = [
  { id: "waveform", title: "Waveform" },
  { id: "spectrogram", title: "Spectrogram" },
  { id: "layers", title: "Layer by layer" },
];

/** Files and a link of what is seen. */
export function TakeAway({ heard }: { heard: Heard | null }) {
  const [said, setSaid] = useState("");
  const share = () =>
    void copyLink().then(
      () => setSaid("Link copied"),
      () => setSaid("Copy the link from the address bar"),
    );
  const entries: (MenuEntry | "line")[] = [
    { title: "Everything, as a picture", hint: "PNG", onSelect: () => void saveWholePicture() },
    ...PANES.map(({ id, title }) => ({ title, hint: "PNG", onSelect: () => void savePane(id) })),
    { title: "The whole analysis", hint: "JSON", onSelect: saveDocument },
  ];
  if (heard?.source.sample_id) entries.push("line", { title: "Copy a link to this", onSelect: share });
  return (
    <>
      <span role="status" className="text-xs text-soft">
        {said}
      </span>
      <Menu entries={entries}>
        <Button look="plain" className="!px-3" aria-label="Save or share" onClick={() => setSaid("")}>
          <Icon name="save" />
          <span className="hidden sm:inline">Save</span>
        </Button>
      </Menu>
    </>
  );
}
