import { describe, expect, it } from "vitest";

import { describeMap, describeSpectrogram, peakOf } from "./describe";
import { bytes, clock, decibel, duration, hertz, number, percent, seconds, shortClock } from "./words";

describe("numbers", () => {
  it("never call likely certain, nor unlikely impossible", () => {
    const shares = [1, 0.99991, 0.9919, 0.5, 0.004, 0.0004, 0];
    const said = ["100", ">99.9", "99.1", "50", "0.4", "<0.1", "0"];
    expect(shares.map(percent)).toEqual(said.map((number) => `${number}\u00a0%`));
  });

  it("carry their unit and a true minus", () => {
    expect([seconds(1.234), decibel(-18.26), hertz(440), hertz(2345)]).toEqual([
      "1.23 s",
      "−18.3 dB",
      "440 Hz",
      "2.35 kHz",
    ]);
    expect(decibel(-0.01)).toBe("0.0 dB");
    expect([0.1234, -12.34, 123.4].map(number)).toEqual(["0.12", "−12.3", "123"]);
  });

  it("count minutes once there are any, and bytes in round sizes", () => {
    expect([clock(5), clock(67.26), clock(119.97), clock(59.997)]).toEqual(["5.00 s", "1:07.3", "2:00.0", "1:00.0"]);
    expect([clock(0, 285), shortClock(65), shortClock(119.99)]).toEqual(["0:00.0", "1:05", "2:00"]);
    expect([shortClock(90.5, 1), shortClock(119.96, 1), shortClock(65.25, 2)]).toEqual(["1:30.5", "2:00.0", "1:05.25"]);
    expect([bytes(5_942_301), bytes(12_300), bytes(3)]).toEqual(["5.9 MB", "12 kB", "1 kB"]);
    expect([duration(300), duration(90), duration(60)]).toEqual(["5 minutes", "90 s", "60 s"]);
  });
});

describe("pictures in words", () => {
  const grid = { rows: 2, columns: 4, min: -80, max: 0, steps: Uint8Array.of(0, 9, 0, 0, 0, 0, 255, 0) };

  it("say where the highest value is", () => {
    expect(peakOf(grid)).toEqual({ row: 1, column: 2, value: 0 });
    expect(peakOf({ ...grid, steps: Uint8Array.of(0, 9, 0, 0, 0, 0, 3, 0) })).toMatchObject({ row: 0, column: 1 });
  });

  it("tell ranges and the loudest place", () => {
    const words = describeSpectrogram(grid, { from_s: 0, to_s: 4 }, [100, 1000]);
    expect(words).toContain("Loudest at 2.50 s, near 1 kHz");
    expect(words).toContain("−80.0 dB to 0.0 dB");
    const silent = { ...grid, max: -80 };
    expect(describeSpectrogram(silent, { from_s: 0, to_s: 4 }, [100, 1000])).toContain("−80.0 dB everywhere");
    expect(describeSpectrogram(silent, { from_s: 0, to_s: 4 }, [100, 1000])).not.toContain("Loudest");
    expect(describeMap("layer1", grid, { from_s: 0, to_s: 4 }, 32)).toContain("mean of 32 channels, 2 by 4 places");
  });
});
