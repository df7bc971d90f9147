/** Writes into the page's address what a link is to open again; nothing takes it out. */
export function rememberInAddress(key: "sample" | "model", value: string | null | undefined): void {
  const address = new URL(location.href);
  if (value) address.searchParams.set(key, value);
  else address.searchParams.delete(key);
  history.replaceState(null, "", address);
}
