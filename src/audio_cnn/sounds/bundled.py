"""The demo clips that come with the package, and how they were made."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio_cnn.errors import ConfigError
from audio_cnn.sounds.registry import synthesise
from audio_cnn.sounds.timeline import Sound

DEMO_RATE_HZ = 22_050
"""Half the usual rate: nothing that the classifier hears is lost, and the package stays small."""


def demo_paths() -> list[Path]:
    """The bundled clips, 16-bit FLAC, sorted by name; empty where the package holds none."""
    folder = Path(str(resources.files("audio_cnn.sounds.demos")))
    return sorted(folder.glob("*.flac"), key=lambda path: path.stem)


def demo_sound(name: str) -> Sound:
    """The sound a demo of that name holds, made anew: float32 [T] at ``DEMO_RATE_HZ``, in steps of 16 bits.

    Args:
        name: class, or class and variation: ``"rain"`` is seed 0 and ``"rain-3"`` is seed 3.

    Raises:
        ConfigError: no such class, or no number after the hyphen.
    """
    label, hyphen, seed = name.partition("-")
    if hyphen and not seed.isdecimal():
        raise ConfigError(f"'{name}' is not the name of a demo: expected a class, or class-number")
    return (pcm16(synthesise(label, int(seed or 0), DEMO_RATE_HZ)) / 32_768).astype(np.float32)


def write_demos(folder: str | Path, names: Iterable[str]) -> list[Path]:
    """Make demos and write them as ``<name>.flac``; the same names give the same sounds.

    Args:
        folder: made if missing; other files in it are left alone.
        names: as for ``demo_sound``.

    Returns:
        The files, in the order of the names.

    Raises:
        ConfigError: a name that is not known.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.flac", demo_sound(name)) for name in names]


def pcm16(sound: Sound) -> NDArray[np.int16]:
    """Rounded to 16 bits: int16 [T]."""
    return np.asarray(np.clip(np.rint(sound * 32_768.0), -32_768, 32_767), dtype=np.int16)


def _write(path: Path, sound: Sound) -> Path:
    buffer = io.BytesIO()
    soundfile.write(
        buffer, pcm16(sound), DEMO_RATE_HZ, format="FLAC", subtype="PCM_16", compression_level=1.0
    )
    path.write_bytes(buffer.getvalue())
    return path
