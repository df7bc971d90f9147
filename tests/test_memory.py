"""Freed memory: kept where that was asked for."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="tells glibc")

KEPT_MIB = """
from pathlib import Path
import numpy as np
from audio_cnn import memory

def resident_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

{call}
before = resident_mib()
block = np.ones({mib} * 2**17)
del block
print(resident_mib() - before)
"""


def kept_mib(call: str, mib: int) -> float:
    """How much of a block a process still has after it has let go of it."""
    code = KEPT_MIB.format(call=call, mib=mib)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GLIBC", "MALLOC"))
    }
    return float(subprocess.check_output([sys.executable, "-c", code], env=environment, timeout=60))


@pytest.mark.parametrize(
    ("call", "mib", "kept"),
    [
        ("", 12, False),
        ("memory.keep_freed_memory()", 12, True),
        ("memory.keep_freed_memory()", 200, False),
        ("memory.keep_all_freed_memory()", 200, True),
    ],
)
def test_what_is_freed_is_kept(call: str, mib: int, kept: bool) -> None:
    assert (kept_mib(call, mib) > 0.8 * mib) is kept
    assert (kept_mib(call, mib) < 0.2 * mib) is not kept
