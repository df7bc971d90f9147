"""Draws the small spectrograms of the sample list, after the demo sounds changed.

Writes public/thumbnails.webp, one below the other, and panels/thumbnails.json, which says whose they are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from PIL import Image

from audio_cnn import Classifier
from audio_cnn.sounds import demo_paths

WEB = Path(__file__).parents[1]
BANDS, FRAMES = 64, 173


def main() -> None:
    classifier = Classifier()
    paths = demo_paths()
    pictures = [thumbnail(classifier.analyze(path).log_mel) for path in paths]
    Image.fromarray(np.concatenate(pictures)).save(WEB / "public/thumbnails.webp", quality=62, method=6)
    ids = [path.stem for path in paths]
    (WEB / "panels/thumbnails.json").write_text(json.dumps({"ids": ids}, indent=1) + "\n")


def thumbnail(log_mel: np.ndarray) -> np.ndarray:
    """Colours [BANDS, FRAMES, 3] of a log-mel [2 * BANDS, FRAMES] in 0..1, low bands below."""
    bands = log_mel.reshape(BANDS, -1, log_mel.shape[1]).mean(axis=1)[::-1]
    return magma()[(bands * 255).astype(np.uint8)]


def magma() -> np.ndarray:
    """The page's own colour map, from where it is kept."""
    text = (WEB / "drawing/palettes.ts").read_text()
    (stops,) = re.findall(r'magma:\s*"([0-9a-f]+)"', text)
    colours = np.frombuffer(bytes.fromhex(stops), np.uint8).reshape(-1, 3)
    places = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(places, np.arange(len(colours)), colours[:, i]) for i in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


if __name__ == "__main__":
    main()
