"""How alike two sounds are: tells a copy of a recording from another recording of the same kind.

The log-mel without each band's own mean, so that colour and level do not count and only what happens in
time does, is correlated with the other's at every lag. Columns without sound count for nothing. A copy that
begins between two columns looks a little different, hence the smoothing.

Of 24,212 pairs of ESC-50 clips of one class that come from different recordings, 32 are taken for nearly
identical. Of copies that begin at another moment about two thirds are, of louder or newly encoded ones all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]
UInt8Array = npt.NDArray[np.uint8]

NEARLY_IDENTICAL = 0.93
BANDS = 16
SMOOTHED_COLUMNS = 3
SOUNDING = 64
SMALLEST_OVERLAP = 0.5


def likenesses(log_mel: UInt8Array) -> Float32Array:
    """-1..1 for each pair of N log-mels uint8 [N, M, F]: float32 [N, N], symmetric.

    The highest correlation over all lags at which at least half of the shorter sound overlaps the other.
    """
    events = happenings(log_mel)
    frames = events.shape[2]
    size = 1 << (2 * frames - 1).bit_length()
    spectra = np.fft.rfft(events, size).astype(np.complex64)
    energy = np.pad((events**2).sum(axis=1).cumsum(axis=1), ((0, 0), (1, 0)))
    lag = np.arange(1 - frames, frames)
    alike = np.zeros((len(events), len(events)), np.float32)
    for i in range(len(events)):
        product = (spectra[i].conj() * spectra[i:]).sum(axis=1)
        correlation = np.fft.irfft(product, size)[:, lag % size]
        alike[i, i:] = alike[i:, i] = _highest(correlation, energy[i], energy[i:], lag)
    return alike


def happenings(log_mel: UInt8Array) -> Float32Array:
    """uint8 [N, M, F] -> float32 [N, bands, F]: what departs from each band's mean while there is sound."""
    clips, rows, frames = log_mel.shape
    bands = min(BANDS, rows)
    used = log_mel[:, : rows // bands * bands].astype(np.float32)
    level = smoothed(used.reshape(clips, bands, -1, frames).mean(axis=2))
    sounding = (log_mel.max(axis=1) > SOUNDING)[:, None, :]
    count = np.maximum(sounding.sum(axis=2, keepdims=True), 1)
    mean = (level * sounding).sum(axis=2, keepdims=True) / count
    result: Float32Array = (level - mean) * sounding
    return result


def smoothed(level: Float32Array) -> Float32Array:
    """Mean of each column and its neighbours, [..., F] -> [..., F]."""
    beside = SMOOTHED_COLUMNS // 2
    padded = np.pad(level, [(0, 0)] * (level.ndim - 1) + [(beside, beside)], mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED_COLUMNS, axis=-1)
    mean: Float32Array = around.mean(axis=-1)
    return mean


def _highest(
    correlation: npt.NDArray[np.floating], one: Float32Array, others: Float32Array, lag: npt.NDArray[np.int_]
) -> npt.NDArray[np.floating]:
    """Correlations [n, lags], normalised by the energy in each overlap, at their highest: [n].

    ``one`` [F + 1] and ``others`` [n, F + 1] are energies up to each frame.
    """
    frames = len(one) - 1
    first, last = np.maximum(0, -lag), np.minimum(frames, frames - lag)
    ours = one[last] - one[first]
    theirs = others[:, last + lag] - others[:, first + lag]
    whole = np.minimum(one[-1], others[:, -1:])
    enough = np.minimum(ours, theirs) >= SMALLEST_OVERLAP * whole
    scale = np.sqrt(np.maximum(ours * theirs, 1.0))
    best: npt.NDArray[np.floating] = np.where(enough, correlation / scale, 0.0).max(axis=1)
    return best
