"""Class names as people type them to those that a model knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from audio_cnn.errors import ConfigError

NEAR = 3


def class_names(option: str, given: Sequence[str], known: Sequence[str], *, listed_at: str) -> frozenset[str]:
    """The classes that an option names, divided by commas.

    Capitals, spaces and hyphens are as good as what the model has: ``"Church bells"`` is ``church_bells``.

    Args:
        listed_at: where people see which classes there are.

    Raises:
        ConfigError: there is no such class; names that are near are told.
    """
    by_spelling = {_spelling(name): name for name in known}
    names = list(_divided(given, by_spelling))
    if given and not names:
        raise ConfigError(f"{option} names no class")
    for name in names:
        if _spelling(name) not in by_spelling:
            raise ConfigError(
                f"{option}: the model has no class '{name}'; {_way_out(name, by_spelling, listed_at)}"
            )
    return frozenset(by_spelling[_spelling(name)] for name in names)


def _divided(given: Sequence[str], by_spelling: dict[str, str]) -> Iterator[str]:
    """Single names; classes of one's own may have a comma in theirs."""
    for text in given:
        parts = [text] if _spelling(text) in by_spelling else text.split(",")
        yield from (part.strip() for part in parts if part.strip())


def _way_out(name: str, by_spelling: dict[str, str], listed_at: str) -> str:
    spelling = _spelling(name)
    within = [one for one in by_spelling if spelling in one]
    near = dict.fromkeys([*within, *get_close_matches(spelling, by_spelling, NEAR)])
    names = [by_spelling[one] for one in near][:NEAR]
    return f"near it: {', '.join(names)}" if names else f"{listed_at} lists those there are"


def _spelling(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
