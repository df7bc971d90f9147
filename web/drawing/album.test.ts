import { describe, expect, it } from "vitest";

import { headOf, writeWithin } from "./album";
import type { Context } from "./picture";

describe("the head of a picture", () => {
  const rain = { title: "Rain", emoji: "🌧️", confidence: 0.41 };
  const document = { predictions: [rain], model: "compact", silent: false };

  it("says what was heard and how sure the likeliest are, and ranks nothing in silence", () => {
    const { title, lines } = headOf(document, "a.wav", { alone: "Not sure: Rain?", emoji: "🌧️" });
    expect(title).toBe("Not sure: Rain?");
    expect(lines).toEqual(["Rain 41\u00a0%", "a.wav · Audio-CNN, model compact"]);
    const silence = headOf({ ...document, silent: true }, "a.wav", { alone: "Silence", emoji: "🔇" });
    expect(silence.lines).toEqual(["a.wav · Audio-CNN, model compact"]);
  });

  it("is written smaller where it would not fit, and never larger", () => {
    const sizes: string[] = [];
    const context = {
      set font(font: string) {
        sizes.push(font);
      },
      measureText: () => ({ width: 400 }),
      fillText: () => undefined,
    } as unknown as Context;
    writeWithin(context, "Several sounds", 0, 200, 40, "serif");
    writeWithin(context, "Rain", 0, 800, 40, "serif");
    expect(sizes).toEqual(["40px serif", "20px serif", "40px serif", "40px serif"]);
  });
});
