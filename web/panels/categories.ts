// The five groups of classes, each in one colour everywhere.
const COLOURS: Record<string, string> = {
  animals: "var(--animals)",
  "natural soundscapes": "var(--nature)",
  "human, non-speech": "var(--human)",
  "interior/domestic": "var(--domestic)",
  "exterior/urban": "var(--urban)",
};

export function categoryColour(category: string): string {
  // A file may name anything, "constructor" too.
  return (Object.hasOwn(COLOURS, category) && COLOURS[category]) || "var(--soft)";
}

export function categoryTitle(category: string): string {
  return category.charAt(0).toUpperCase() + category.slice(1);
}
