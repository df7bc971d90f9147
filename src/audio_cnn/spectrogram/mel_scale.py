"""Slaney's mel scale and its triangular filters.

Source: M. Slaney, "Auditory Toolbox", Interval Research TR 1998-010: linear below 1 kHz,
logarithmic above, each triangle with an area of one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audio_cnn.config import FrontEnd

Float64Array = npt.NDArray[np.float64]

LINEAR_HZ_PER_MEL = 200 / 3
LOG_START_HZ = 1_000.0
LOG_START_MEL = LOG_START_HZ / LINEAR_HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27


def hz_to_mel(frequency_hz: npt.ArrayLike) -> Float64Array:
    """Frequency to Slaney mel."""
    hz = np.asarray(frequency_hz, dtype=np.float64)
    above = LOG_START_MEL + np.log(np.maximum(hz, LOG_START_HZ) / LOG_START_HZ) / LOG_STEP
    return np.where(hz < LOG_START_HZ, hz / LINEAR_HZ_PER_MEL, above)


def mel_to_hz(mel: npt.ArrayLike) -> Float64Array:
    """Slaney mel to frequency."""
    mels = np.asarray(mel, dtype=np.float64)
    above = LOG_START_HZ * np.exp(LOG_STEP * (np.maximum(mels, LOG_START_MEL) - LOG_START_MEL))
    return np.where(mels < LOG_START_MEL, mels * LINEAR_HZ_PER_MEL, above)


def band_edges_hz(front_end: FrontEnd) -> Float64Array:
    """Corners of the triangles, [M + 2]: band m rises from m, peaks at m + 1, ends at m + 2."""
    low, high = hz_to_mel([front_end.fmin_hz, front_end.fmax_hz])
    return mel_to_hz(np.linspace(low, high, front_end.mel_bands + 2))


def mel_filters(front_end: FrontEnd) -> Float64Array:
    """Weights [bins, M] from power-spectrum bins up to ``fmax_hz`` to mel bands."""
    bin_hz = front_end.sample_rate_hz / front_end.n_fft
    hz = np.arange(int(front_end.fmax_hz / bin_hz) + 1)[:, None] * bin_hz
    edges = band_edges_hz(front_end)
    low, peak, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((hz - low) / (peak - low), (high - hz) / (high - peak))
    return np.maximum(triangles, 0) * 2 / (high - low)
