// The page's address and its history.

const KEYS = ["sample", "heard", "model", "with", "with-heard", "versus"] as const;
type Key = (typeof KEYS)[number];

/** Null: nothing of that kind. */
export type Asked = Record<Key, string | null>;
type Changes = Partial<Record<Key, string | null | undefined>>;

/** Writes into the address what a link is to open again. */
export function rememberInAddress(changes: Changes): void {
  history.replaceState(history.state, "", addressWith(changes));
}

export function addressWith(changes: Changes): URL {
  const address = new URL(location.href);
  for (const [key, value] of Object.entries(changes)) {
    if (value) address.searchParams.set(key, value);
    else address.searchParams.delete(key);
  }
  return address;
}

/** What the address asks for. */
export function asked(): Asked {
  const { searchParams } = new URL(location.href);
  return Object.fromEntries(KEYS.map((key) => [key, searchParams.get(key)])) as Asked;
}
