"""Copies are told from other recordings of the same kind."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
import soundfile
import torch
from made_data import Samples
from own_sounds import KINDS, RATE_HZ, own_sound

from audio_cnn.config import FrontEnd
from audio_cnn.dataset.cache import quantised
from audio_cnn.dataset.likeness import NEARLY_IDENTICAL, likenesses
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.waveform import decode

FRONT_END = FrontEnd()


def log_mels(*sounds: Samples) -> np.ndarray:
    length = FRONT_END.window_samples
    fitted = [np.pad(sound[:length], (0, max(0, length - len(sound)))) for sound in sounds]
    return quantised(LogMel(FRONT_END).eval(), np.stack(fitted).astype(np.float32))


@cache
def recording(kind: str, seed: int) -> Samples:
    return own_sound(kind, seed)


def through(sound: Samples, format_: str, subtype: str) -> Samples:
    file = io.BytesIO()
    soundfile.write(file, sound, RATE_HZ, format=format_, subtype=subtype)
    return decode(file.getvalue()).samples


CHANGES = {
    "softer": lambda sound: 0.2 * sound,
    "mp3": lambda sound: through(sound, "MP3", "MPEG_LAYER_III"),
    "vorbis": lambda sound: through(sound, "OGG", "VORBIS"),
}


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_nearly_identical(kind: str, change: str) -> None:
    sound = recording(kind, 3)

    alike = likenesses(log_mels(sound, CHANGES[change](sound)))

    assert alike[0, 1] > NEARLY_IDENTICAL


@pytest.mark.parametrize("columns", [-40, 7])
def test_a_copy_that_begins_at_another_moment_is_too(columns: int) -> None:
    log_mel = log_mels(recording("theremin", 3)[: 2 * RATE_HZ])

    alike = likenesses(np.concatenate([log_mel, np.roll(log_mel, columns, axis=2)]))

    assert alike[0, 1] > NEARLY_IDENTICAL


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_other_recordings_of_the_kind_are_not(kind: str) -> None:
    alike = likenesses(log_mels(*(recording(kind, seed) for seed in range(1, 5))))

    assert np.triu(alike, 1).max() < NEARLY_IDENTICAL
    np.testing.assert_allclose(np.diag(alike), 1, atol=1e-3)
    np.testing.assert_array_equal(alike, alike.T)


def test_silence_is_like_nothing() -> None:
    silence = np.zeros((2, 128, 173), np.uint8)

    assert not likenesses(silence).any()


def test_few_bands_will_do() -> None:
    noise = np.random.default_rng(0).integers(65, 255, (2, 5, 40)).astype(np.uint8)

    alike = likenesses(np.concatenate([noise, np.roll(noise[:1], 3, axis=2)]))

    assert alike[0, 2] > NEARLY_IDENTICAL
    assert alike[0, 1] < 0.5


def test_real_recordings_of_one_class_are_told_apart(shared_log_mels: dict[str, np.ndarray]) -> None:
    rain = {name: log_mel for name, log_mel in shared_log_mels.items() if name.endswith("-10.wav")}
    sources = np.array([name.split("-")[1] for name in rain])

    alike = likenesses(np.stack(list(rain.values())))

    assert alike[sources[:, None] != sources].max() < NEARLY_IDENTICAL
