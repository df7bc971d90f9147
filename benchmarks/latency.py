"""One file, warm, end to end: five seconds of WAV to predictions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from audio_cnn import Classifier
from benchmarks.measure import Row, in_turn_s
from benchmarks.reference import TOP, Reference
from benchmarks.sounds import write_wav

FASTER = 4.0


def rows() -> list[Row]:
    """Ours and the reference, run in turn."""
    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "sound.wav")
        classifier, reference = Classifier(), Reference()
        ours_s, reference_s, looking_s = in_turn_s(
            lambda: classifier.classify(wav).top(TOP),
            lambda: reference.classify(wav),
            lambda: classifier.analyze(wav),
            runs=60,
        )
    ratio = reference_s / ours_s
    return [
        Row("reference: 5 s WAV to top 3", f"{reference_s * 1e3:.1f} ms"),
        Row("5 s WAV to top 3", f"{ours_s * 1e3:.1f} ms, {ratio:.1f}x", f"{FASTER:.0f}x", ratio >= FASTER),
        Row("the same with every activation", f"{looking_s * 1e3:.1f} ms"),
    ]
