"""Thousands of damaged files: no crash, no hang, only ``AudioError``.

In a child process, because the decoders are C and a crash would take the interpreter along.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = 2_000
SEEDS = [pytest.param(1, marks=pytest.mark.slow)]
SEEDS += [pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 9)]


@pytest.mark.parametrize("seed", SEEDS)
def test_thousands_of_damaged_files(seed):
    folder = Path(__file__).parent
    result = subprocess.run(
        [sys.executable, "fuzz.py", "--seed", str(seed), "--count", str(FILES)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3_000:]
    summary = json.loads(result.stdout)
    assert sum(summary["outcomes"].values()) == FILES
    assert summary["outcomes"]["decoded"] > FILES / 4
    assert summary["outcomes"]["CorruptAudioError"] > FILES / 10
    assert summary["slowest_s"] < 5.0
    assert summary["peak_mib"] < 400
