"use client";

import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";

import { Choice } from "@/ui/Choice";
import { Icon, type IconName } from "@/ui/Icon";

type Name = "light" | "system" | "dark";

const ICONS: [Name, string, IconName][] = [
  ["light", "Light", "sun"],
  ["system", "As the system", "screen"],
  ["dark", "Dark", "moon"],
];
const OPTIONS = ICONS.map(([value, title, icon]) => ({ value, title, face: <Icon name={icon} className="size-4" /> }));

export function Theme() {
  const { theme, setTheme } = useTheme();
  // What is chosen is known in the browser alone; the exported page must not guess.
  const value = useHere() ? ((theme ?? "system") as Name) : "system";
  return <Choice label="Theme" value={value} options={OPTIONS} onChange={setTheme} />;
}

function useHere(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
