"""What a recorder has added to a sound, and what it has left out, made good."""

from __future__ import annotations

from audio_cnn.waveform.mono import without_offset
from audio_cnn.waveform.stream import Mono
from audio_cnn.waveform.widening import widened


def mended(samples: Mono, *, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """The sound float32 [T] without a constant offset, and with treble if it comes from a low rate."""
    return widened(without_offset(samples), source_rate_hz=source_rate_hz, sample_rate_hz=sample_rate_hz)
