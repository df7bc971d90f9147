"""Sound files to measure with."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ, LENGTH_S = 44_100, 5


def write_wav(path: Path, seed: int = 0) -> Path:
    """Five seconds of 16-bit mono noise with a tone."""
    generator = np.random.default_rng(seed)
    time_s = np.arange(RATE_HZ * LENGTH_S) / RATE_HZ
    samples = 0.1 * generator.standard_normal(len(time_s)) + 0.3 * np.sin(2 * np.pi * 880 * time_s)
    soundfile.write(path, samples.astype(np.float32), RATE_HZ, subtype="PCM_16")
    return path


def write_folder(folder: Path, count: int, distinct: int = 20) -> Path:
    """A folder of ``count`` clips, of which ``distinct`` differ and the others are links to them."""
    folder.mkdir(parents=True)
    originals = [write_wav(folder / f"{i:05}.wav", seed=i) for i in range(min(distinct, count))]
    for i in range(len(originals), count):
        os.link(originals[i % distinct], folder / f"{i:05}.wav")
    return folder
