"use client";

import { useEffect, useState } from "react";

import { hasSound, type Heard } from "@/session/heard";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { copyLink, saveDocument, savePane, saveSound, saveWholePicture } from "./saving";

const PANES = [
  { id: "waveform", title: "Waveform" },
  { id: "spectrogram", title: "Spectrogram" },
  { id: "layers", title: "Layer by layer" },
];

const SAID_MS = 3000;

/** Files and a link of what is seen. */
export function TakeAway({ heard }: { heard: Heard | null }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const share = () =>
    void copyLink().then(
      () => setSaid("Link copied"),
      () => setSaid("Copy the link from the address bar"),
    );
  const entries: (MenuEntry | "line")[] = [
    { title: "Everything, as a picture", hint: "PNG", onSelect: () => void saveWholePicture() },
    ...PANES.map(({ id, title }) => ({ title, hint: "PNG", onSelect: () => void savePane(id) })),
    { title: "The whole analysis", hint: "JSON", onSelect: () => void saveDocument() },
  ];
  if (heard && hasSound(heard.source)) entries.push({ title: "The sound itself", onSelect: saveSound });
  if (heard?.source.sample_id) entries.push("line", { title: "Copy a link to this", onSelect: share });
  return (
    <div className="relative">
      <span
        role="status"
        className="absolute top-full right-0 z-40 mt-1 rounded-full bg-text px-3 py-1.5 text-xs whitespace-nowrap text-paper empty:hidden"
      >
        {said}
      </span>
      <Menu entries={entries}>
        <Button look="plain" className="!px-3" aria-label="Save or share" onClick={() => setSaid("")}>
          <Icon name="save" />
          <span className="hidden sm:inline">Save</span>
        </Button>
      </Menu>
    </div>
  );
}
