"""One file, warm, end to end: five seconds of WAV to predictions.

Each way runs in a process of its own, called in turn: thread pools that wait for work by spinning would
otherwise slow each other down.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from benchmarks.measure import Row, once_s
from benchmarks.sounds import write_wav

FASTER = 4.0
RUNS, WARM_UP = 60, 10
REST_S = 0.1  # in which thread pools that spin come to rest


def rows() -> list[Row]:
    """Ours and the reference, run in turn."""
    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "sound.wav")
        reference_s, ours_s, looking_s = in_turn_s(wav, [reference, ours, looking])
    ratio = reference_s / ours_s
    return [
        Row("reference: 5 s WAV to top 3", f"{reference_s * 1e3:.1f} ms"),
        Row("5 s WAV to top 3", f"{ours_s * 1e3:.1f} ms, {ratio:.1f}x", f"{FASTER:.0f}x", ratio >= FASTER),
        Row("the same with every activation", f"{looking_s * 1e3:.1f} ms"),
    ]


def reference(wav: Path) -> Callable[[], object]:
    """The reference way."""
    from benchmarks.reference import Reference

    way = Reference()
    return lambda: way.classify(wav)


def ours(wav: Path) -> Callable[[], object]:
    """Our way."""
    from audio_cnn import Classifier

    classifier = Classifier()
    return lambda: classifier.classify(wav).top(3)


def looking(wav: Path) -> Callable[[], object]:
    """Our way with everything the network saw."""
    from audio_cnn import Classifier

    classifier = Classifier()
    return lambda: classifier.analyze(wav)


def in_turn_s(wav: Path, ways: list[Callable[[Path], Callable[[], object]]]) -> list[float]:
    """Median seconds of each way, A B C A B C ..., each in its own process."""
    context = multiprocessing.get_context("spawn")
    ends, processes = [], []
    for way in ways:
        end, other = context.Pipe()
        processes.append(context.Process(target=serve, args=(other, way, wav), daemon=True))
        processes[-1].start()
        ends.append(end)
    times: list[list[float]] = [[] for _ in ways]
    for run in range(WARM_UP + RUNS):
        for end, taken in zip(ends, times, strict=True):
            end.send(True)
            seconds = end.recv()
            if run >= WARM_UP:
                taken.append(seconds)
    for end, process in zip(ends, processes, strict=True):
        end.send(False)
        process.join()
    return [median(taken) for taken in times]


def serve(end: Connection, way: Callable[[Path], Callable[[], object]], wav: Path) -> None:
    """In its process: time one call for each request, then let the thread pool come to rest."""
    action = way(wav)
    while end.recv():
        seconds = once_s(action)
        time.sleep(REST_S)
        end.send(seconds)
