import { expect, it } from "vitest";

import { mono } from "./decode";

function bufferOf(...channels: Float32Array[]): AudioBuffer {
  const [first] = channels;
  const getChannelData = (channel: number) => channels[channel];
  return { numberOfChannels: channels.length, length: first?.length, getChannelData } as unknown as AudioBuffer;
}

it("mixes channels to their mean, and copies none that is alone", () => {
  const [left, right] = [Float32Array.of(1, 0, -1), Float32Array.of(0, 0.5, -1)];
  expect([...mono(bufferOf(left, right))]).toEqual([0.5, 0.25, -1]);
  expect(mono(bufferOf(left))).toBe(left);
});
