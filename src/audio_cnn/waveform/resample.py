"""Mono at the source's rate in, mono at the wanted rate out, block by block."""

from __future__ import annotations

from typing import Any

import numpy as np

from audio_cnn.errors import ConfigError
from audio_cnn.waveform.stream import Mono


class Resampler:
    """Band-limited resampling (soxr, high quality) that holds no more than a block."""

    def __init__(self, source_rate_hz: int, sample_rate_hz: int) -> None:
        if min(source_rate_hz, sample_rate_hz) < 1:
            raise ConfigError(f"from {source_rate_hz} to {sample_rate_hz} Hz makes no sense; usual is 44100")
        self._soxr = _soxr_stream(source_rate_hz, sample_rate_hz)
        self._given = False
        self._last: Mono = np.empty(0, np.float32)

    def push(self, block: Mono) -> Mono:
        """Take float32 [t]; give what is ready of the result, float32 [any]."""
        if self._soxr is None or block.size == 0:
            return block
        self._last = block[-1:]
        return self._resample(block, last=False)

    def finish(self) -> Mono:
        """Give the rest of the result, float32 [any]. Call it once, after the last block."""
        nothing = np.empty(0, np.float32)
        if self._soxr is None:
            return nothing
        rest = self._resample(nothing, last=True)
        # A sample or two at a high rate round to none at a lower one; a sound stays a sound.
        return rest if self._given else self._last

    def _resample(self, block: Mono, *, last: bool) -> Mono:
        resampled: Mono = self._soxr.resample_chunk(block, last=last)
        self._given |= resampled.size > 0
        return resampled


def _soxr_stream(source_rate_hz: int, sample_rate_hz: int) -> Any:
    if source_rate_hz == sample_rate_hz:
        return None
    import soxr  # here, because most sounds come at the right rate

    return soxr.ResampleStream(source_rate_hz, sample_rate_hz, 1, dtype="float32", quality="HQ")
