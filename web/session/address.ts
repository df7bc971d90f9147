// The page's address and its history.

/** Writes into the address what a link is to open again. */
export function rememberInAddress(key: "sample" | "model", value: string | null | undefined): void {
  history.replaceState(history.state, "", addressWith(key, value));
}

export function addressWith(key: "sample" | "model", value: string | null | undefined): URL {
  const address = new URL(location.href);
  if (value) address.searchParams.set(key, value);
  else address.searchParams.delete(key);
  return address;
}

/** What the address asks for. */
export function asked(): { sample: string | null; model: string | null } {
  const { searchParams } = new URL(location.href);
  return { sample: searchParams.get("sample"), model: searchParams.get("model") };
}
