"""A folder of a thousand clips from the command line: speed, and memory that stays flat."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Row
from benchmarks.sounds import LENGTH_S, write_folder

FEW, MANY = 100, 1000
REAL_TIME = 400
GROWTH = 1.1


def rows() -> list[Row]:
    """Seconds and peak memory of the whole process, for few clips and for many."""
    with tempfile.TemporaryDirectory() as folder:
        few = write_folder(Path(folder) / "few", FEW)
        many = write_folder(Path(folder) / "many", MANY)
        _few_s, few_bytes = run(few)
        many_s, many_bytes = run(many)
    speed, growth = MANY * LENGTH_S / many_s, many_bytes / few_bytes
    return [
        Row(f"folder of {MANY} clips", f"{speed:.0f}x real time", f"{REAL_TIME}x", speed >= REAL_TIME),
        Row(
            f"peak memory, {FEW} and {MANY} clips",
            f"{few_bytes / 1e6:.0f} and {many_bytes / 1e6:.0f} MB",
            "flat",
            growth < GROWTH,
        ),
    ]


def run(folder: Path) -> tuple[float, int]:
    """Wall seconds and peak resident bytes of ``audio-cnn classify`` on a folder."""
    command = [str(Path(sys.executable).with_name("audio-cnn")), "classify", str(folder), "--format", "csv"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_maxrss * unit
