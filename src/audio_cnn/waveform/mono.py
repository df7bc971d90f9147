"""A block of any sample type and number of channels in, mono float32 out."""

from __future__ import annotations

import numpy as np

from audio_cnn.waveform.stream import Block, Mono

LOUDEST = 2.0**31
"""Floats beyond this are clipped to it. Full scale is 1; float files that hold unscaled integers of up to
32 bits stay as they are, and the power spectrum of the loudest sound is still far from float32's maximum."""

OFFSET_SHARE = 0.02
"""An offset is taken away that is more than this share of the sound's effective value: 34 dB below it."""

OFFSET_SAMPLES = 1_000
"""Fewer have no offset to speak of: a single click is all on one side."""

CANCELLED_PEAK = 10 ** (-60 / 20)
"""A mix that stays below this may be what channels of opposite sign have left of each other."""

CANCELLED_SHARE = 10 ** (-50 / 20)
"""The most that it then is of what one of them holds: what rounding and coding have made unlike."""

_SILENCE_AND_FULL_SCALE = {"u1": (128, 2.0**7), "i2": (0, 2.0**15), "i4": (0, 2.0**31)}


def to_mono(block: Block) -> Mono:
    """Average the channels.

    Args:
        block: [t] or [t, C].

    Returns:
        float32 [t]; integers scaled to -1..1, NaN and infinities as 0, the rest within ``LOUDEST``.
    """
    samples = _as_float(block)
    if samples.ndim == 1:
        return samples
    mixed: Mono = np.ascontiguousarray(samples[:, 0])
    for channel in samples.T[1:]:  # many times as fast as the mean along a short axis
        mixed = mixed + channel
    return mixed / np.float32(samples.shape[1]) if samples.shape[1] > 1 else mixed


def first_channel(block: Block) -> Mono:
    """The first channel of [t] or [t, C], as ``to_mono`` gives a single one."""
    return to_mono(block if block.ndim == 1 else block[:, :1])


class Mixer:
    """Averages the channels of block after block, and notices when nothing is left of them."""

    def __init__(self) -> None:
        self._mixed_peak = self._first_peak = 0.0

    def mix(self, block: Block) -> Mono:
        """What ``to_mono`` gives."""
        mixed = to_mono(block)
        if self._mixed_peak < CANCELLED_PEAK:
            self._mixed_peak = max(self._mixed_peak, _peak(mixed))
        if self._mixed_peak < CANCELLED_PEAK:
            self._first_peak = max(self._first_peak, _peak(first_channel(block)))
        return mixed

    @property
    def cancelled(self) -> bool:
        """Whether the channels so far are of opposite sign: there is sound in the first, none in the mix."""
        return self._mixed_peak < min(CANCELLED_PEAK, CANCELLED_SHARE * self._first_peak)


def _peak(samples: Mono) -> float:
    return float(max(samples.max(), -samples.min())) if samples.size else 0.0


def _as_float(block: Block) -> Mono:
    if block.dtype.kind == "f":
        wide = block.astype(np.float32) if block.dtype.itemsize < 4 else block
        return _bounded(wide).astype(np.float32, copy=False)
    silence, full_scale = _SILENCE_AND_FULL_SCALE[block.dtype.str[1:]]
    samples = block.astype(np.float32)
    if silence:
        samples -= silence
    samples *= np.float32(1 / full_scale)
    return samples


def _bounded(block: Block) -> Block:
    if block.size == 0 or (block.min() >= -LOUDEST and block.max() <= LOUDEST):  # false for any NaN
        return block
    return np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0).clip(-LOUDEST, LOUDEST)


def without_offset(samples: Mono) -> Mono:
    """The sound [T] around zero. A constant offset, as cheap sound cards add, would pass for a loud bass.

    What is hardly off, or too short to tell, is returned as it is, not copied.
    """
    if samples.size < OFFSET_SAMPLES:
        return samples
    offset = samples.mean(dtype=np.float64)
    loudness = np.sqrt(np.vdot(samples, samples) / samples.size)
    return samples - np.float32(offset) if abs(offset) > OFFSET_SHARE * loudness else samples
