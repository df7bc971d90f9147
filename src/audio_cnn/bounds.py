"""Settings that know the range they must be in.

@dataclass(frozen=True)
class Training(Section):
    section: ClassVar[str] = "training"
    epochs: Annotated[int, Within(1)] = 80
    dropout: Annotated[float, Within(0, below=1)] = 0.5

Training(epochs=0)
ConfigError: training.epochs is 0; it must be 1 or more
"""

from __future__ import annotations

import math
import typing
from dataclasses import dataclass
from typing import ClassVar

from audio_cnn.errors import ConfigError


@dataclass(frozen=True)
class Within:
    """A range of finite numbers.

    Args:
        low: the least.
        high: the most.
        above: what they must be above.
        below: what they must be below.
    """

    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    def holds(self, value: float) -> bool:
        """Whether a number is in it; infinite ones and NaN are in none."""
        return math.isfinite(value) and self.low <= value <= self.high and self.above < value < self.below

    def __str__(self) -> str:
        low = f"{self.low:g}" if self.above == -math.inf else f"above {self.above:g}"
        if self.below < math.inf:
            return f"from {low} to below {self.below:g}"
        if self.high < math.inf:
            return f"from {low} to {self.high:g}"
        return low if self.above > -math.inf else f"{low} or more"


@dataclass(frozen=True)
class Section:
    """A dataclass that checks its fields as it is made: ``Annotated[T, Within(...)]``, or each of a tuple's.

    Raises:
        ConfigError: a value out of its range.
    """

    section: ClassVar[str]

    def __post_init__(self) -> None:
        for name, within in _ranges(type(self)).items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            if not all(within.holds(each) for each in values):
                shown = list(value) if isinstance(value, tuple) else value
                raise ConfigError(f"{self.section}.{name} is {shown}; it must be {within}")


def _ranges(cls: type) -> dict[str, Within]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return {
        name: extra
        for name, hint in hints.items()
        for extra in getattr(hint, "__metadata__", ())
        if isinstance(extra, Within)
    }
