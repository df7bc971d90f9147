// The browser's own database: lines of the list apart from the contents, so that listing reads no sound.
import type { Contents, Kept } from "./kept";

const NAME = "audio-cnn";
const LINES = "heard";
const CONTENTS = "contents";

let opening: Promise<IDBDatabase> | null = null;

/** Throws what the browser throws: a DOMException, named QuotaExceededError where there is no room. */
export async function put(line: Kept, contents?: Contents): Promise<void> {
  await write((lines, all) => {
    lines.put(line);
    if (contents) all.put(contents);
  });
}

export async function remove(ids: readonly string[]): Promise<void> {
  await write((lines, contents) => ids.forEach((id) => [lines.delete(id), contents.delete(id)]));
}

/** Newest first. */
export async function allLines(): Promise<Kept[]> {
  const lines = await read<Kept[]>(LINES, (store) => store.getAll());
  return lines.toSorted((a, b) => b.heard_ms - a.heard_ms);
}

export async function lineOf(id: string): Promise<Kept | undefined> {
  return read(LINES, (store) => store.get(id));
}

export async function contentsOf(id: string): Promise<Contents | undefined> {
  return read(CONTENTS, (store) => store.get(id));
}

async function read<T>(store: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return answered(ask(database.transaction(store).objectStore(store)));
}

async function write(act: (lines: IDBObjectStore, contents: IDBObjectStore) => void): Promise<void> {
  const database = await open();
  const transaction = database.transaction([LINES, CONTENTS], "readwrite");
  const written = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  act(transaction.objectStore(LINES), transaction.objectStore(CONTENTS));
  await written;
}

function open(): Promise<IDBDatabase> {
  opening ??= opened().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

async function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of [LINES, CONTENTS]) request.result.createObjectStore(store, { keyPath: "id" });
  };
  const database = await answered(request);
  // Closed by the browser, as when a person clears what it holds: the next time it is opened anew.
  database.onclose = () => (opening = null);
  return database;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
