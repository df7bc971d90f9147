import { describe, expect, it } from "vitest";

import { headOf } from "./album";

describe("the head of a picture", () => {
  const rain = { title: "Rain", emoji: "🌧️", confidence: 0.41 };
  const document = { predictions: [rain], model: "compact" };

  it("names what is known, asks where it is a guess, and names nothing of silence", () => {
    expect(headOf(document, "a.wav", "known").title).toBe("Rain");
    expect(headOf(document, "a.wav", "unsure").title).toBe("Not sure: Rain?");
    const { title, lines } = headOf(document, "a.wav", "silence");
    expect(title).toBe("Silence");
    expect(lines).toEqual(["a.wav · Audio-CNN, model compact"]);
  });
});
