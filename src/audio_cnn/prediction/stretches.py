"""A sound of any length, heard while it is decoded; memory holds a few minutes of it.

    sound      |------------------------------------|
    stretches  |-----------|--|
                           |-----------|--|
                                       |------------|

A stretch has the windows that begin in it, and reaches as much further as the last of them. What is mended
is mended in each for itself; a sound of a single stretch, which most are, is mended as ``decode`` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from audio_cnn.config import FrontEnd
from audio_cnn.prediction.records import Float32Array
from audio_cnn.waveform.mending import mended
from audio_cnn.waveform.windowing import window_starts, windows_of

STRETCH_S = 300.0


class Stretches:
    """Takes a sound as it is decoded, and answers its windows.

    Args:
        answer: what is said of windows float32 [T]: float32 [W, K + R].
        front_end: what windows are.
        source_rate_hz: rate of the sound before it was resampled.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Float32Array]], Float32Array],
        front_end: FrontEnd,
        source_rate_hz: int,
    ) -> None:
        self.size = 0
        self._answer = answer
        self._front_end = front_end
        self._source_rate_hz = source_rate_hz
        self._length = front_end.window_samples
        self._hop = max(1, self._length // 2)
        self._stretch = self._hop * max(1, round(STRETCH_S * front_end.sample_rate_hz / self._hop))
        self._waiting: list[Float32Array] = []
        self._begin = 0
        self._answers: list[Float32Array] = []
        self._peaks: list[np.float32] = []
        self._heard = 0

    def push(self, samples: Float32Array) -> None:
        """Take the next samples, float32 [any]."""
        if samples.size:
            self._waiting.append(samples)
            self.size += samples.size
        reach = self._stretch + self._length
        while self.size - self._begin > reach:
            waiting = joined(self._waiting)
            stretch = self._mended(waiting[:reach])
            self._hear([stretch[at : at + self._length] for at in range(0, self._stretch, self._hop)])
            self._waiting = [waiting[self._stretch :].copy()]
            self._begin += self._stretch

    def finish(self) -> tuple[Float32Array, Float32Array]:
        """Hear what is left. Answers float32 [W, K + R] and peaks float32 [W] of all windows."""
        rest = self._mended(joined(self._waiting))
        if self._begin:
            starts = window_starts(self.size, self._front_end)[self._heard :] - self._begin
            self._hear([rest[at : at + self._length] for at in starts])
        else:
            self._hear(windows_of(rest, self._front_end))
        return np.concatenate(self._answers), np.array(self._peaks, np.float32)

    def _mended(self, samples: Float32Array) -> Float32Array:
        rate_hz = self._front_end.sample_rate_hz
        return mended(samples, source_rate_hz=self._source_rate_hz, sample_rate_hz=rate_hz)

    def _hear(self, cut: list[Float32Array]) -> None:
        self._answers.append(self._answer(cut))
        self._peaks += map(peak_of, cut)
        self._heard += len(cut)


def joined(pieces: list[Float32Array]) -> Float32Array:
    """Pieces as one array [T]; a single one, as short sounds come, is not copied."""
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def peak_of(window: Float32Array) -> np.float32:
    """The largest magnitude in a window [T]."""
    return np.float32(max(window.max(), -window.min()))
