"""A fresh process: importing, and naming one file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Row, in_turn_s
from benchmarks.sounds import write_wav

IMPORT_S, COLD_S = 0.1, 1.2
IMPORT = "import time; t = time.perf_counter(); import audio_cnn; print(time.perf_counter() - t)"
RUNS = 9


def rows() -> list[Row]:
    """Import time as the process itself sees it, and the whole command from outside."""
    imports = [float(subprocess.check_output([sys.executable, "-c", IMPORT])) for _ in range(RUNS)]
    import_s = sorted(imports)[RUNS // 2]
    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "one.wav")
        command = [str(Path(sys.executable).with_name("audio-cnn")), "classify", str(wav)]
        (cold_s,) = in_turn_s(
            lambda: subprocess.run(command, check=True, capture_output=True), runs=RUNS, warm_up=1
        )
    return [
        Row("import audio_cnn", f"{import_s * 1e3:.0f} ms", f"{IMPORT_S * 1e3:.0f} ms", import_s < IMPORT_S),
        Row("audio-cnn classify one.wav, cold", f"{cold_s:.2f} s", f"{COLD_S} s", cold_s < COLD_S),
    ]
