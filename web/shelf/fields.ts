// Values of a file from anywhere, each held to what it has to be.

/** What is wrong, for the person who opened the file. */
export class Unfit extends Error {}

type Fields = Record<string, unknown>;

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unfit(`${name} is missing`);
  return value as Fields;
}

export function text(value: unknown, name: string, longest = 200): string {
  if (typeof value !== "string" || value.length > longest) throw new Unfit(`${name} is no text, or too long`);
  return value;
}

export function number(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw new Unfit(`${name} is not between ${least} and ${most}`);
  return value;
}

export function whole(value: unknown, name: string, least: number, most: number): number {
  if (!Number.isInteger(value)) throw new Unfit(`${name} is no whole number`);
  return number(value, name, least, most);
}

export function list<T>(value: unknown, name: string, most: number, each: (one: unknown, name: string) => T): T[] {
  if (!Array.isArray(value) || value.length > most) throw new Unfit(`${name} is no list, or too long`);
  return value.map((one, i) => each(one, `${name}[${i}]`));
}

export function oneOf<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Unfit(`${name} is none of ${allowed.join(", ")}`);
  return found;
}
