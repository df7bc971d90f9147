"""Sounds to try, for the web app and for curl."""

from __future__ import annotations

from functools import cache
from typing import Any

from audio_cnn.errors import DownloadError
from audio_cnn.labels import labels_for
from audio_cnn.server.problems import ProblemError
from audio_cnn.sounds import SAMPLES, demo_paths, sample_path

MADE = "Synthesised for Audio-CNN"
MADE_LICENCE = "MIT"


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


def sample_audio(id_: str) -> tuple[bytes, str] | None:
    """Bytes and media type of a sample; None if there is no such one. May take seconds the first time.

    Raises:
        ProblemError: 404, the clip cannot be fetched now.
    """
    made = {path.stem: path for path in demo_paths()}
    if id_ in made:
        return made[id_].read_bytes(), "audio/flac"
    if id_ not in SAMPLES:
        return None
    try:
        return sample_path(id_).read_bytes(), "audio/wav"
    except DownloadError as error:
        raise ProblemError(404, "not-at-hand", "Sample not at hand", str(error)) from error
