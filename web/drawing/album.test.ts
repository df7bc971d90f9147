import { describe, expect, it } from "vitest";

import { headOf } from "./album";

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
});
