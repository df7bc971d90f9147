// What opens what was heard before comes when it is asked for.
import { persistently } from "@/ui/persistently";

const fetchOpen = () => persistently(() => import("@/shelf/open"));

export function openKept(id: string, name: string, ready?: Promise<void>): void {
  void fetchOpen().then((opening) => opening.openKept(id, name, ready));
}

export function openSaved(file: File): void {
  void fetchOpen().then((opening) => opening.openSaved(file));
}
