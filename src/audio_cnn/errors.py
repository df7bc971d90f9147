"""Everything that can go wrong, as one tree.

    AudioCnnError
    ├── AudioError                  the sound that was given
    │   ├── NotAudioError               the bytes are of no audio format that is known
    │   ├── CorruptAudioError           the format is known, the content cannot be decoded
    │   ├── EmptyAudioError             nothing in it: no bytes, or no samples
    │   └── AudioTooLargeError          over a limit: bytes, seconds, channels or sample rate
    ├── ModelError                  the model file: missing, not ours, or damaged
    ├── DatasetError                the training data: not found, not in a known layout
    │   └── DownloadError               it could not be fetched, or arrived damaged
    ├── ConfigError                 a preset or setting that makes no sense
    ├── CheckpointError             a checkpoint that cannot be read, does not fit, or is being written
    ├── TrainingError               a training that cannot go on, or one of several without a result
    └── MissingExtraError           the command needs an optional part that is not installed

Every message says what is wrong and, where there is one, the way out.
"""

from __future__ import annotations

import functools


class AudioCnnError(Exception):
    """Base of every error this package raises on purpose."""


class AudioError(AudioCnnError):
    """The sound that was given cannot be used."""


class NotAudioError(AudioError):
    """The bytes are of no audio format that is known."""


class CorruptAudioError(AudioError):
    """The format is known, but its content cannot be decoded."""


class EmptyAudioError(AudioError):
    """There is nothing to hear: no bytes, or no samples."""


class AudioTooLargeError(AudioError):
    """The sound is over a limit.

    Attributes:
        limit: which one: ``"bytes"``, ``"decoded_s"``, ``"channels"``, ``"sample_rate"`` or ``"memory"``.
    """

    def __init__(self, message: str, *, limit: str) -> None:
        super().__init__(message)
        self.limit = limit

    def __reduce__(self) -> tuple[functools.partial[AudioTooLargeError], tuple[str]]:
        """How it travels between processes: keyword arguments would be lost."""
        return functools.partial(AudioTooLargeError, limit=self.limit), (str(self),)


class ModelError(AudioCnnError):
    """A model file is missing, was not made by this package, or is damaged."""


class DatasetError(AudioCnnError):
    """Training or evaluation data is missing or in no known layout."""


class DownloadError(DatasetError):
    """A download failed, or what arrived does not match its checksum."""


class ConfigError(AudioCnnError):
    """A preset or a setting makes no sense."""


class CheckpointError(AudioCnnError):
    """A checkpoint cannot be read, belongs to another network, or is being written by another process."""


class TrainingError(AudioCnnError):
    """A training cannot go on, its loss being no number; or of several one ended without a result."""


class MissingExtraError(AudioCnnError):
    """An optional part of the package is needed and not installed.

    Args:
        extra: name of the extra, as in ``pip install audio-cnn[extra]``.
    """

    def __init__(self, extra: str) -> None:
        super().__init__(
            f"this needs the optional part '{extra}'; install it with: pip install 'audio-cnn[{extra}]'"
        )
        self.extra = extra
