"""How long a made sound is, and at which rate: the ruler every generator measures with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Signal: TypeAlias = NDArray[np.float64]
Sound: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Timeline:
    """A span of time at a sample rate.

    Attributes:
        sample_rate_hz: samples per second.
        seconds: length of the sound.
    """

    sample_rate_hz: int = 44_100
    seconds: float = 5.0

    @property
    def samples(self) -> int:
        """Length in samples: T."""
        return round(self.seconds * self.sample_rate_hz)

    @property
    def top_hz(self) -> float:
        """Highest frequency that partials may have: a little under half the rate."""
        return 0.48 * self.sample_rate_hz

    def time_s(self) -> Signal:
        """Time of every sample from 0: float64 [T]."""
        return np.arange(self.samples) / self.sample_rate_hz

    def lasting(self, seconds: float) -> Timeline:
        """The same rate, another length of at least one sample."""
        return replace(self, seconds=max(seconds, 1.0 / self.sample_rate_hz))


FIVE_SECONDS = Timeline()
"""What one ESC-50 clip is: 5 s at 44.1 kHz."""
