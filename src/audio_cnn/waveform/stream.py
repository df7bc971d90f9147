"""What every reader gives: the facts of a sound, and its samples block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Block: TypeAlias = NDArray[Any]
"""[t] or [t, C], of floats or of full-range signed integers (uint8: 128 is silence)."""

Mono: TypeAlias = NDArray[np.float32]

BLOCK_SAMPLES = 2**18
"""Most samples in one block, over all channels: six seconds of mono at 44.1 kHz, so that short sounds come
in one piece and long ones take little memory."""


@dataclass(frozen=True)
class AudioStream:
    """A sound being decoded.

    Attributes:
        sample_rate_hz: rate of the blocks.
        channels: channels of the first block.
        blocks: the samples, decoded as they are asked for; raises ``CorruptAudioError`` where the
            content cannot be decoded further.
    """

    sample_rate_hz: int
    channels: int
    blocks: Iterator[Block]
