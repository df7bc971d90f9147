/** Rows of values as CSV. */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((values) => values.map(quoted).join(",")).join("\n") + "\n";
}

function quoted(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
