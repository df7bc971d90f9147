"""Training examples: 8-bit log-mels with class and fold."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from audio_cnn.errors import DatasetError

UInt8Array = npt.NDArray[np.uint8]
Int64Array = npt.NDArray[np.int64]

EVERY = 16
"""Of bands and frames, one in so many tells contents apart."""


@dataclass(frozen=True)
class Examples:
    """N clips, each as V variants of its log-mel.

    Attributes:
        log_mel: uint8 [V, N, M, F] (often memory-mapped); variant 0 is the clip itself, the
            others are the clip changed in the waveform. 0..255 spans the clip's own range.
        target: int64 [N], class index.
        fold: int64 [N], cross-validation fold, 1-based.
        files: name of each clip.
        class_names: name of each class, in index order.
    """

    log_mel: UInt8Array
    target: Int64Array
    fold: Int64Array
    files: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        clips = len(self.files)
        if self.log_mel.ndim != 4 or self.log_mel.dtype != np.uint8:
            raise DatasetError("log-mels must be uint8 [variants, clips, bands, frames]")
        if not clips == self.log_mel.shape[1] == len(self.target) == len(self.fold):
            raise DatasetError("log-mels, classes, folds and file names differ in number")
        if clips and not 0 <= self.target.min() <= self.target.max() < len(self.class_names):
            raise DatasetError("a class index is outside the list of class names")

    def __len__(self) -> int:
        return len(self.files)

    @property
    def folds(self) -> tuple[int, ...]:
        """Folds that occur, ascending."""
        return tuple(int(fold) for fold in np.unique(self.fold))

    @cached_property
    def digest(self) -> str:
        """Tells these clips, in these classes and folds, from any others: SHA-256 of their names."""
        names = "\0".join((*self.files, *self.class_names))
        digest = hashlib.sha256(names.encode("utf-8", "surrogateescape"))
        for numbers in (self.target, self.fold):
            digest.update(numbers.astype("<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def contents(self) -> str:
        """Tells these log-mels from others of the same clips: SHA-256 of a few values of each."""
        few = self.log_mel[:, :, ::EVERY, ::EVERY]
        return hashlib.sha256(repr(self.log_mel.shape).encode() + few.tobytes()).hexdigest()

    def rows(self, folds: Collection[int]) -> Int64Array:
        """Indices of the clips in these folds.

        Raises:
            DatasetError: one of them has no clip.
        """
        missing = sorted(set(folds) - set(self.folds))
        if missing:
            have = ", ".join(map(str, self.folds))
            raise DatasetError(f"no clips in fold {', '.join(map(str, missing))}; the data has folds {have}")
        return np.flatnonzero(np.isin(self.fold, list(folds)))
