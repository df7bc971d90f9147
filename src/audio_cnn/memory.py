"""Keeping freed memory for what comes next.

The C library hands large blocks back to the system as soon as they are freed, and takes them anew page by
page. Sounds are large blocks: that takes a millisecond a sound in each process that touches it. What a
network remembers of a batch while it learns is much larger: there it can take as long as the arithmetic.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# Source: mallopt(3).
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4
NEVER = -1
KEPT_BYTES = 64 * 2**20
LARGEST_KEPT_BYTES = 16 * 2**20


def keep_freed_memory() -> None:
    """Some of it, in this process: for one that goes on for ever."""
    _tell_glibc({M_MMAP_THRESHOLD: LARGEST_KEPT_BYTES, M_TRIM_THRESHOLD: KEPT_BYTES})


def keep_all_freed_memory() -> None:
    """All of it, in this process, and in large pages: for a training, before it imports torch."""
    _tell_glibc({M_MMAP_MAX: 0, M_TRIM_THRESHOLD: NEVER})
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # read by torch


def _tell_glibc(values: dict[int, int]) -> None:
    if sys.platform != "linux":
        return
    with suppress(AttributeError, OSError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in values.items():
            mallopt(parameter, value)
