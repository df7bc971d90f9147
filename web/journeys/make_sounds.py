"""Sounds for the journeys, made from a bundled demo: `python make_sounds.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
import soundfile

from audio_cnn.sounds import demo_paths
from audio_cnn.sounds.outside import outside_sound


def main() -> None:
    folder = Path(sys.argv[1])
    demo = {path.stem: path for path in demo_paths()}
    rain, rate_hz = soundfile.read(demo["rain-24"], dtype="float32")
    siren, _ = soundfile.read(demo["siren"], dtype="float32")
    soundfile.write(folder / "rain.wav", rain, rate_hz)
    soundfile.write(folder / "short.wav", rain[: int(1.5 * rate_hz)], rate_hz)
    soundfile.write(folder / "silence.wav", np.zeros(3 * rate_hz, np.float32), rate_hz)
    soundfile.write(folder / "long.wav", np.concatenate([rain, siren, rain, siren]), rate_hz)
    soundfile.write(folder / "rain.aiff", rain, rate_hz)
    soundfile.write(folder / "hum.wav", hum(rate_hz), rate_hz)
    soundfile.write(folder / "music.wav", outside_sound("music", 4, rate_hz), rate_hz)
    encode(folder / "rain.mp3", rain, rate_hz, "libmp3lame")
    encode(folder / "rain.m4a", rain, rate_hz, "aac")
    (folder / "notes.txt").write_text("This is not a sound.\n" * 50)
    (folder / "broken.wav").write_bytes((folder / "rain.wav").read_bytes()[:44])


def hum(rate_hz: int) -> np.ndarray:
    """A hum that comes and goes."""
    time_s = np.arange(5 * rate_hz) / rate_hz
    return (0.2 * np.sin(2 * np.pi * 300 * time_s) * np.sin(2 * np.pi * 0.7 * time_s)).astype(np.float32)


def encode(path: Path, samples: np.ndarray, rate_hz: int, codec: str) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


if __name__ == "__main__":
    main()
