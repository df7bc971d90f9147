"""Keeping freed memory for the next sound.

The C library hands large blocks back to the system as soon as they are freed, and every sound is large
blocks: getting them anew, page by page, takes a millisecond a sound in each process that touches it.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# Source: mallopt(3).
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 64 * 2**20
LARGEST_KEPT_BYTES = 16 * 2**20


def keep_freed_memory() -> None:
    """In this process, where the C library is one that can be told (glibc)."""
    if sys.platform != "linux":
        return
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
