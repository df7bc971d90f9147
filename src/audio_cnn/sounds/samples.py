"""Six clips of ESC-50 by name: where they come from, whose they are, and how to get one.

They are not part of the package, whose licence is freer than theirs: a clip is taken from a local copy of
the data set, else from a cache, else fetched once.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from audio_cnn.download import download
from audio_cnn.download.http import file_sha256
from audio_cnn.errors import DownloadError

ESC50_FOLDER_VARIABLE = "AUDIO_CNN_ESC50"
"""Environment variable that names a local copy of ESC-50: the folder that holds ``audio/``."""

ESC50_AUDIO_URL = "https://raw.githubusercontent.com/karolpiczak/ESC-50/master/audio"

CLIP_BYTES = 441_044
"""A 44-byte WAV header and 5 s of 16-bit mono at 44.1 kHz: every clip of ESC-50."""

CC0 = "CC0-1.0"
CC_BY = "CC-BY-3.0"
CC_BY_NC = "CC-BY-NC-3.0"


@dataclass(frozen=True)
class Sample:
    """A clip that can be asked for by name.

    Attributes:
        id: file name in ESC-50 without ``.wav``.
        label: name of its class.
        credit: title, author and address of the recording it is cut from.
        licence: SPDX-style name of the recording's licence. The data set's own compilation is CC BY-NC 3.0.
        sha256: of the WAV file.
        url: public address of the WAV file.
    """

    id: str
    label: str
    credit: str
    licence: str
    sha256: str
    url: str

    @property
    def file_name(self) -> str:
        """``<id>.wav``"""
        return f"{self.id}.wav"


def _sample(id_: str, label: str, recording: str, licence: str, sha256: str) -> Sample:
    title, author, page = recording.split(" | ")
    credit = f"'{title}' by {author}, https://freesound.org/people/{author}/sounds/{page}/"
    return Sample(id_, label, credit, licence, sha256, f"{ESC50_AUDIO_URL}/{id_}.wav")


_HELICOPTER = ("helicopter", "Small Helicopter Takes Off | senorstudy | 172649", CC0)

# Source: authors and licences from the LICENSE file of ESC-50.
_SAMPLES = (
    _sample(
        "1-100210-B-36",
        "vacuum_cleaner",
        "Vacuum Cleaner-Samsung Easy 1300.wav | joshfeed | 100210",
        CC_BY_NC,
        "acfdccbb58647655b9b63ab5574c178783b969f56e05933f115ae4dd1878a524",
    ),
    _sample(
        "1-172649-D-40", *_HELICOPTER, "0c742933bef2f80b0bde223bbd00bf92013b0130fc0ebfb139d873774118af6f"
    ),
    _sample(
        "1-172649-E-40", *_HELICOPTER, "2fa49f370f70849805b2467339431682860ac025c2beccfd4afaaa9939dc63c7"
    ),
    _sample(
        "1-172649-F-40", *_HELICOPTER, "02635aac12a85ba006c6558dd11246a2afed7e123cc42c3e14a5ab4081a22d71"
    ),
    _sample(
        "1-26806-A-1",
        "rooster",
        "crows.aiff | jimblodget | 26806",
        CC_BY,
        "9021db2a8218814e1f90957a179589c7f3167fd1f235f58019890064e23ee5be",
    ),
    _sample(
        "1-30709-C-23",
        "breathing",
        "breath.wav | UncleSigmund | 30709",
        CC0,
        "09c31e4f7330ce4a1068062af19ece5e8f1da7ec5105f8925a11a42cd6d6ca81",
    ),
)

SAMPLES: dict[str, Sample] = {sample.id: sample for sample in _SAMPLES}
"""By id, in the order they are offered."""


def sample_path(
    id: str,  # noqa: A002 - the data set's own word
    *,
    esc50_dir: str | Path | None = None,
    cache_dir: str | Path | None = None,
    base_url: str = ESC50_AUDIO_URL,
    timeout_s: float = 4.0,
    deadline_s: float = 15.0,
) -> Path:
    """A sample's WAV file, fetched at its first use.

    Args:
        id: one of ``SAMPLES``.
        esc50_dir: a local copy of ESC-50; the environment variable ``AUDIO_CNN_ESC50`` unless given.
        cache_dir: where fetched clips stay; the user's cache folder unless given.
        base_url: folder they are fetched from.
        timeout_s: longest wait for a connection or for the next bytes.
        deadline_s: longest wait in all, name look-up included.

    Raises:
        DownloadError: unknown id, not reachable, or not the file it should be.
    """
    sample = _known(id)
    cache_dir = Path(cache_dir or platformdirs.user_cache_path("audio-cnn")) / "samples"
    local, cached = _local(sample, esc50_dir), cache_dir / sample.file_name
    if local is not None:
        return local
    if not _is_intact(sample, cached):
        _within(
            deadline_s, sample, lambda: _fetch(sample, cached, f"{base_url}/{sample.file_name}", timeout_s)
        )
    return cached


def _known(id_: str) -> Sample:
    if id_ not in SAMPLES:
        raise DownloadError(f"there is no sample '{id_}'; known: {', '.join(SAMPLES)}")
    return SAMPLES[id_]


def _local(sample: Sample, esc50_dir: str | Path | None) -> Path | None:
    folder = esc50_dir or os.environ.get(ESC50_FOLDER_VARIABLE)
    path = Path(folder) / "audio" / sample.file_name if folder else None
    return path if path and path.is_file() else None


def _is_intact(sample: Sample, path: Path) -> bool:
    return path.is_file() and path.stat().st_size == CLIP_BYTES and file_sha256(path) == sample.sha256


def _fetch(sample: Sample, target: Path, url: str, timeout_s: float) -> None:
    """Into a folder of its own first: two who want the same clip must not meet in one file."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetching-") as folder:
            fetched = Path(folder) / target.name
            download(
                url, fetched, sha256=sample.sha256, size_bytes=CLIP_BYTES, timeout_s=timeout_s, attempts=1
            )
            fetched.replace(target)
    except OSError as error:
        raise DownloadError(f"cannot write {target}: {error.strerror or error}") from error


def _within(deadline_s: float, sample: Sample, fetch: Callable[[], None]) -> None:
    """Run a fetch, but no longer than this: a name look-up offline can outlast any socket's timeout."""
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            fetch()
        except Exception as error:  # raised again in the caller's thread
            failures.append(error)

    worker = threading.Thread(target=attempt, name=f"fetch {sample.id}", daemon=True)
    worker.start()
    worker.join(deadline_s)
    if worker.is_alive():
        raise DownloadError(f"{sample.url} did not arrive within {deadline_s:g} s; {_WAY_OUT}")
    if failures and not isinstance(failures[0], DownloadError):
        raise failures[0]
    if failures:
        raise DownloadError(f"{failures[0]}; {_WAY_OUT}") from failures[0]


_WAY_OUT = (
    f"without a connection, use a bundled demo, or set {ESC50_FOLDER_VARIABLE} to a local copy of ESC-50"
)
