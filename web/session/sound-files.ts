// Files that are brought, alone, together or in a folder.

/** A file and what it is called here: within a folder, by its path. */
export interface Brought {
  name: string;
  file: File;
}

// A dot may be that of seconds.
export const KNOWN_ENDING = /\.(aac|aiff?|amr|au|caf|flac|m4a|mka|mkv|mov|mp[234]|og[agv]|opus|wav|webm|wma)$/i;

const MOST_LOOKED_AT = 10_000;

export function asBrought(files: Iterable<File>): Brought[] {
  return Array.from(files, (file) => ({ name: file.name, file }));
}

/** What was dropped or pasted; of a folder, all sounds in it and below, by name. */
export async function broughtWith({ items, files }: DataTransfer): Promise<Brought[]> {
  // Both are empty once anything was waited for.
  const [plain, entries] = [asBrought(files), Array.from(items, (item) => item.webkitGetAsEntry?.() ?? null)];
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found: Brought[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: Brought[]): Promise<void> {
  if (found.length >= MOST_LOOKED_AT) return;
  if (isFolder(entry)) {
    for (const inside of await entriesOf(entry)) await collect(inside, found);
  } else {
    const file = await fileOf(entry as FileSystemFileEntry);
    if (file && isSound(file)) found.push({ name: entry.fullPath.replace(/^\//, ""), file });
  }
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isSound({ name, type }: File): boolean {
  return !name.startsWith(".") && (/^(audio|video)\//.test(type) || KNOWN_ENDING.test(name));
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // Some at a time; none when that was all. What cannot be read has none.
    const some = await new Promise<FileSystemEntry[]>((done) => reader.readEntries(done, () => done([])));
    if (some.length === 0) return all.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((done) => entry.file(done, () => done(null)));
}
