"""Feature files: log-mels that someone else has computed, as NumPy ``.npz``.

Keys: ``log_mel`` uint8 [N, M, F], ``target`` int [N], ``fold`` int [N], ``filename`` str [N],
and, if classes are not ESC-50's, ``class_names`` str [K]. A second file may hold variants of the
same clips, one uint8 [N, M, F] array a variant, and ``filename`` too, to tell that they are the same.
"""

from __future__ import annotations

import lzma
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError
from audio_cnn.labels import ESC50

NEEDED = ("log_mel", "target", "fold", "filename")

UNREADABLE = (
    OSError,
    EOFError,
    MemoryError,
    RuntimeError,
    AttributeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy and zipfile raise over a damaged file, a stranger's file or one that states sizes of its own."""


def is_feature_file(path: Path) -> bool:
    """Feature files are told by their ending."""
    return path.suffix.lower() == ".npz"


def load_features(path: Path, variants: Path | None = None) -> Examples:
    """Read a feature file and, optionally, variants of its clips.

    Raises:
        DatasetError: a file is missing, is no ``.npz``, lacks a key, or does not fit the other.
    """
    arrays = _read(path)
    missing = [key for key in NEEDED if key not in arrays]
    if missing:
        raise DatasetError(f"{path} lacks {', '.join(missing)}; a feature file holds {', '.join(NEEDED)}")
    stack = [arrays["log_mel"]]
    if variants is not None:
        stack += _variants(variants, arrays["filename"])
    if any(arrays[key].ndim != 1 for key in NEEDED if key != "log_mel"):
        raise DatasetError(f"{path}: target, fold and filename must have one entry for each clip")
    if len({array.shape for array in stack}) != 1:
        raise DatasetError(f"the variants in {variants} do not have the shape of those in {path}")
    if not all(np.issubdtype(arrays[key].dtype, np.integer) for key in ("target", "fold")):
        raise DatasetError(f"{path}: target and fold must be whole numbers")
    class_names = arrays.get("class_names", np.array([label.name for label in ESC50]))
    return Examples(
        log_mel=np.stack(stack),
        target=arrays["target"].astype(np.int64),
        fold=arrays["fold"].astype(np.int64),
        files=tuple(map(str, arrays["filename"])),
        class_names=tuple(map(str, class_names)),
    )


def _variants(path: Path, files: npt.NDArray[np.generic]) -> list[npt.NDArray[np.generic]]:
    """The variants in a file, uint8 [N, M, F] each, of the clips of these names."""
    arrays = _read(path)
    maps = {key: array for key, array in arrays.items() if array.ndim == 3}
    if not maps:
        raise DatasetError(f"{path} holds no variants; they are arrays uint8 [clips, bands, frames]")
    for key, array in maps.items():
        if array.dtype != np.uint8:
            raise DatasetError(f"'{key}' in {path} is {array.dtype}; variants are uint8, 0 to 255")
    names = arrays.get("filename")
    if names is not None and list(map(str, names)) != list(map(str, files)):
        raise DatasetError(
            f"the variants in {path} are of other clips, or in another order: see its filename"
        )
    return list(maps.values())


def _read(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except FileNotFoundError as error:
        raise DatasetError(f"no such file: {path}") from error
    except UNREADABLE as error:
        raise DatasetError(f"{path} is not a feature file (.npz), or is damaged or too large") from error
    # Of a member that is no array NumPy gives the bytes.
    return {key: array for key, array in arrays.items() if isinstance(array, np.ndarray)}
