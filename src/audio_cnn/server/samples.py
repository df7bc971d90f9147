"""Sounds to try, for the web app and for curl."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from cachetools import TTLCache

from audio_cnn.errors import DownloadError
from audio_cnn.labels import labels_for
from audio_cnn.server.problems import ProblemError
from audio_cnn.sounds import SAMPLES, demo_paths, sample_path

MADE = "Synthesised for Audio-CNN"
MADE_LICENCE = "MIT"
FETCHES = 2
FAILURE_S = 60.0


@cache
def known_samples() -> list[dict[str, Any]]:
    """Documents of all samples: made sounds first, then clips of ESC-50."""
    made = [_document(path.stem, path.stem.partition("-")[0], MADE, MADE_LICENCE) for path in demo_paths()]
    clips = [_document(one.id, one.label, one.credit, one.licence) for one in SAMPLES.values()]
    return made + clips


def _document(id_: str, name: str, credit: str, licence: str) -> dict[str, Any]:
    (label,) = labels_for([name])
    return {
        "id": id_,
        "label": name,
        "title": label.title,
        "emoji": label.emoji,
        "credit": credit,
        "licence": licence,
        "audio": f"/api/v1/samples/{id_}/audio",
    }


class SampleFiles:
    """The sound files of samples.

    Where the clips cannot be reached, each attempt holds a thread for seconds: there are few at a time, and
    none soon after one that failed, so that nothing else has to wait for them.

    Args:
        fetch: gives a clip's file, as ``sample_path`` does.
    """

    def __init__(self, fetch: Callable[[str], Path] = sample_path) -> None:
        self._fetch = fetch
        self._turns = CapacityLimiter(FETCHES)
        self._failures: TTLCache[str, str] = TTLCache(len(SAMPLES), FAILURE_S)

    async def audio(self, id_: str) -> tuple[bytes, str] | None:
        """Bytes and media type of a sample; None if there is no such one. May take seconds the first time.

        Raises:
            ProblemError: 404, the clip cannot be fetched now.
        """
        made = {path.stem: path for path in demo_paths()}
        if id_ in made:
            return await to_thread.run_sync(made[id_].read_bytes), "audio/flac"
        if id_ not in SAMPLES:
            return None
        async with self._turns:
            return await self._clip(id_), "audio/wav"

    async def _clip(self, id_: str) -> bytes:
        failure = self._failures.get(id_)
        if failure is None:
            try:
                return await to_thread.run_sync(lambda: self._fetch(id_).read_bytes())
            except DownloadError as error:
                failure = self._failures[id_] = str(error)
        raise ProblemError(404, "not-at-hand", "Sample not at hand", failure)
