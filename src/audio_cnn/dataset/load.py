"""One door to all training data: feature files, ESC-50, or a folder with a sub-folder a class."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from audio_cnn.config import FrontEnd
from audio_cnn.dataset.cache import Progress, Tell, cached_examples
from audio_cnn.dataset.clips import find_clips
from audio_cnn.dataset.examples import Examples
from audio_cnn.dataset.features import is_feature_file, load_features
from audio_cnn.errors import DatasetError


def load_examples(
    path: Path,
    front_end: FrontEnd,
    *,
    variants_path: Path | None = None,
    variants: Sequence[str] = (),
    cache_folder: Path | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Examples:
    """Examples from a feature file (``.npz``) or a folder of audio.

    Args:
        variants_path: a second feature file with changed copies of the clips.
        variants: names of waveform changes to cache, for a folder of audio.
        cache_folder: where log-mels of audio are kept; by default in the user's cache folder.
        progress: called with (clips done, clips in all).
        tell: called with what is to be known of each clip in a folder of audio.

    Raises:
        DatasetError: nothing there, in no known layout, not fitting the front end, or no clip of a class
            that can be read.
    """
    if is_feature_file(path):
        examples = load_features(path, variants_path)
        wanted = (front_end.mel_bands, front_end.frames)
        if examples.log_mel.shape[2:] != wanted:
            raise DatasetError(
                f"{path} holds log-mels {examples.log_mel.shape[2:]}, the recipe wants {wanted}"
            )
        return examples
    return cached_examples(
        find_clips(path),
        cache_folder or default_cache(path),
        front_end,
        variants=variants,
        progress=progress,
        tell=tell,
    )


def default_cache(folder: Path) -> Path:
    """A place of its own in the user's cache folder for each data set."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("audio-cnn")) / "log-mel" / name
