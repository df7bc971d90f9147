"""What a person may want to know while the work goes on, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from audio_cnn.cli.terminal import shown


def note(text: str) -> None:
    """Say it."""
    print(f"audio-cnn: {shown(text)}", file=sys.stderr)


def say_left_out(reasons: Mapping[Path, str]) -> None:
    """Name files that cannot be used, and why."""
    for path, reason in reasons.items():
        note(f"left out: {path}: {reason}")
