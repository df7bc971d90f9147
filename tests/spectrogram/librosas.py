"""The front end's parts by librosa, in double precision."""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np

from audio_cnn.config import FrontEnd


def settings_of(front_end: FrontEnd) -> dict[str, Any]:
    """What librosa calls the numbers of a mel spectrogram."""
    return {
        "sr": front_end.sample_rate_hz,
        "n_fft": front_end.n_fft,
        "n_mels": front_end.mel_bands,
        "fmin": front_end.fmin_hz,
        "fmax": front_end.fmax_hz,
        "dtype": np.float64,
    }


def librosas_filters(front_end: FrontEnd) -> np.ndarray:
    """Mel filters [M, bins]."""
    return librosa.filters.mel(**settings_of(front_end))


def librosas_power(front_end: FrontEnd, window: np.ndarray) -> np.ndarray:
    """Power in each band [M, frames], of a window [T]."""
    return librosa.feature.melspectrogram(
        y=window.astype(np.float64),
        hop_length=front_end.hop_samples,
        pad_mode="constant",
        **settings_of(front_end),
    )
