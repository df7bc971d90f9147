"""A block of any sample type and number of channels in, mono float32 out."""

from __future__ import annotations

import numpy as np

from audio_cnn.waveform.stream import Block, Mono

LOUDEST = 2.0**31
"""Floats beyond this are damage and become 0. Full scale is 1; float files that hold unscaled integers of
up to 32 bits stay as they are, and the loudest sound's power is still far from float32's maximum."""

OFFSET_SHARE = 0.02
"""An offset is taken away that is more than this share of the sound's effective value: 34 dB below it."""

OFFSET_SAMPLES = 1_000
"""Fewer have no offset to speak of: a single click is all on one side."""

CANCELLED_SHARE = 0.05
"""The most of the first channel's power that is left in a mix of channels of opposite sign: what rounding and
lossy coding have made unlike. (Coding can leave more of noise, which then passes for wide stereo.)"""

EVERY_FRAME = 11
"""One of so many is looked at for that: a prime number, which no period in a sound is likely to be."""

_SILENCE_AND_FULL_SCALE = {"u1": (128, 2.0**7), "i2": (0, 2.0**15), "i4": (0, 2.0**31)}


def to_mono(block: Block) -> Mono:
    """Average the channels.

    Args:
        block: [t] or [t, C].

    Returns:
        float32 [t]; integers scaled to -1..1, NaN and what is beyond ``LOUDEST`` as 0.
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
    """Averages the channels of block after block, and notices when hardly anything is left of them."""

    def __init__(self) -> None:
        self._mix, self._first = _Power(), _Power()

    def mix(self, block: Block) -> Mono:
        """What ``to_mono`` gives."""
        mixed = to_mono(block)
        if block.ndim > 1 and block.shape[1] > 1:
            self._mix.add(mixed[::EVERY_FRAME])
            self._first.add(first_channel(block[::EVERY_FRAME]))
        return mixed

    @property
    def cancelled(self) -> bool:
        """Whether the channels so far are of opposite sign: what the first holds is not in the mix."""
        return self._mix.value < CANCELLED_SHARE * self._first.value


def is_cancelled(mixed: Mono, first: Mono) -> bool:
    """What ``Mixer.cancelled`` says of a whole sound: its mix [T] and its first channel [T]."""
    left, whole = (float(np.var(samples[::EVERY_FRAME])) for samples in (mixed, first))
    return left < CANCELLED_SHARE * whole


class _Power:
    """The mean power of a sound around its offset."""

    def __init__(self) -> None:
        self._count, self._sum, self._squares = 0, 0.0, 0.0

    def add(self, samples: Mono) -> None:
        self._count += samples.size
        self._sum += float(samples.sum(dtype=np.float64))
        self._squares += float(np.vdot(samples, samples))

    @property
    def value(self) -> float:
        if not self._count:
            return 0.0
        return max(0.0, self._squares / self._count - (self._sum / self._count) ** 2)


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
    return np.where(np.abs(block) <= LOUDEST, block, 0)


def without_offset(samples: Mono) -> Mono:
    """The sound [T] around zero. A constant offset, as cheap sound cards add, would pass for a loud bass.

    What is hardly off, or too short to tell, is returned as it is, not copied.
    """
    if samples.size < OFFSET_SAMPLES:
        return samples
    offset = samples.mean(dtype=np.float64)
    loudness = np.sqrt(np.vdot(samples, samples) / samples.size)
    return samples - np.float32(offset) if abs(offset) > OFFSET_SHARE * loudness else samples
