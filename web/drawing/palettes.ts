// Colour maps as 256 packed pixels. The sequential ones are perceptually uniform.
//
// Source of magma, viridis, inferno (S. van der Walt, N. Smith) and cividis (J. Nunez, C. Anderton, R. Renslow):
// their published tables, CC0, at 33 places each; between them colours run straight.

export type PaletteName = "magma" | "inferno" | "viridis" | "cividis" | "grey";
export type Table = Uint32Array;
type Rgb = [number, number, number];

export const PALETTE_NAMES: readonly PaletteName[] = ["magma", "inferno", "viridis", "cividis", "grey"];

const STOPS: Record<PaletteName, string> = {
  magma:
    "0000040303120a0822130d341d114729115a36106b440f7651127c5d177f6a1c81762181832681902a819c2e7faa337db73779c43c75d0416fdc4869e75263ef5d5ef56b5cf9795dfc8961fd9869fea772feb67cfec488fed395fde2a3fcf0b2fcfdbf",
  viridis:
    "440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e26828e23898e21918c1f988b1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725",
  inferno:
    "0000040403120b0724150b37210c4a2f0a5b3d09654a0c6b57106e64156e71196e7d1e6d8a226a972766a32c61b0315bbc3754c73e4cd24644db503be45a31eb6628f1731df68013f98e09fb9d07fcac11fbbc21f9cb35f5db4cf2ea69f3f68afcffa4",
  cividis:
    "00224e00285b002e6a0533711a386f273e6e32436d3b496c434e6c4b546c535a6d5a5f6e61656f686a716f70737676767d7c788482798c8878938e789b9476a39a74aba072b4a76fbcae6cc4b468cdbb63d5c25edec958e7d150f0d846f9e03afee838",
  grey: "080808f8f8f8",
};

const cache = new Map<string, Table>();

export function sequential(name: PaletteName): Table {
  return remembered(name, () => tableOf(stopsOf(STOPS[name])));
}

/**
 * Blue below zero, orange above, the page's own paper at zero: nothing there, nothing seen. Lightness and
 * colourfulness run alike on both sides (OKLCH), so equal distances from zero look equally strong.
 */
export function diverging(dark: boolean): Table {
  return remembered(dark ? "diverging dark" : "diverging light", () => {
    const [zero, end] = dark ? [0.22, 0.82] : [0.97, 0.47];
    return Uint32Array.from({ length: 256 }, (_, i) => {
      const side = (i - 127.5) / 127.5;
      const strength = Math.abs(side);
      return packed(rgbOfOklch(zero + (end - zero) * strength, 0.16 * strength, side < 0 ? 250 : 50));
    });
  });
}

/** CSS colour of a place 0..1 of a table. */
export function cssColour(table: Table, place: number): string {
  const pixel = table[Math.round(Math.min(1, Math.max(0, place)) * 255)] ?? 0;
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

function remembered(key: string, make: () => Table): Table {
  const known = cache.get(key) ?? make();
  cache.set(key, known);
  return known;
}

function stopsOf(hex: string): Rgb[] {
  return (hex.match(/.{6}/g) ?? []).map((one) => [0, 2, 4].map((at) => parseInt(one.slice(at, at + 2), 16)) as Rgb);
}

function tableOf(stops: Rgb[]): Table {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const place = (i / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const [from, to] = [stops[below] as Rgb, stops[below + 1] as Rgb];
    return packed(from.map((value, k) => value + (place - below) * ((to[k] ?? 0) - value)) as Rgb);
  });
}

// Little-endian pixel of ImageData: red in the lowest byte.
function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (byte(blue) << 16) | (byte(green) << 8) | byte(red)) >>> 0;
}

function byte(value: number): number {
  return Math.round(Math.min(255, Math.max(0, value)));
}

// Source: B. Ottosson, "A perceptual color space for image processing" (2020), the OKLab matrices.
function rgbOfOklch(lightness: number, chroma: number, hue_deg: number): Rgb {
  const a = chroma * Math.cos((hue_deg * Math.PI) / 180);
  const b = chroma * Math.sin((hue_deg * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    srgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function srgb(linear: number): number {
  const light = Math.min(1, Math.max(0, linear));
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}
