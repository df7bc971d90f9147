"""The server from outside, on loopback: latency beside the same work in process, size, and many clients."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.measure import Row, once_s
from benchmarks.sounds import write_wav

CLASSIFY, ANALYZE = "/api/v1/classify", "/api/v1/analyze"
SLOWER, FASTER, SMALLER, MORE = 1.3, 5.0, 12.0, 1.5
RUNS, WARM_UP = 100, 20
CLIENTS, CROWD_S = 16, 8.0


def rows() -> list[Row]:
    """Our server and, for what a page needs, the reference's work for one request."""
    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "sound.wav")
        with serving(Path(folder) / "log") as port:
            classify_s, analyze_s, document_bytes = alone(port, wav.read_bytes())
            one, many = (throughput(port, wav.read_bytes(), clients) for clients in (1, CLIENTS))
        in_process_s, reference_s = (in_own_process_s(way, wav) for way in (in_process, reference))
        reference_bytes = len(reference_answer(wav))
    ratio, gain, smaller = (
        classify_s / in_process_s,
        reference_s / analyze_s,
        reference_bytes / document_bytes,
    )
    return [
        Row("in process: WAV to predictions", f"{in_process_s * 1e3:.1f} ms"),
        Row(
            "POST /classify, p50",
            f"{classify_s * 1e3:.1f} ms, {ratio:.2f}x in process",
            f"{SLOWER}x",
            ratio <= SLOWER,
        ),
        Row(
            "reference: all that a page needs", f"{reference_s * 1e3:.1f} ms, {reference_bytes / 1e6:.2f} MB"
        ),
        Row(
            "POST /analyze, p50",
            f"{analyze_s * 1e3:.1f} ms, {gain:.1f}x faster",
            f"{FASTER:.0f}x",
            gain >= FASTER,
        ),
        Row(
            "its document",
            f"{document_bytes / 1e3:.0f} kB, {smaller:.0f}x smaller",
            f"{SMALLER:.0f}x",
            smaller >= SMALLER,
        ),
        Row(
            f"classified a second, 1 and {CLIENTS} clients",
            f"{one:.0f} and {many:.0f}, {many / one:.2f}x",
            f"{MORE}x",
            many >= MORE * one,
        ),
    ]


@contextmanager
def serving(log: Path) -> Iterator[int]:
    """A server process; its port."""
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "audio_cnn", "serve", "--port", "0"],
            stderr=stderr,
            env=os.environ | {"AUDIO_CNN_LOG_FORMAT": "text"},
        )
        try:
            while "ready at" not in (text := log.read_text()):
                if process.poll() is not None:
                    raise RuntimeError(text)
                time.sleep(0.1)
            yield int(text.partition("ready at http://127.0.0.1:")[2].split("/")[0])
        finally:
            process.terminate()
            process.wait()


def alone(port: int, data: bytes) -> tuple[float, float, int]:
    """Median seconds of both routes for a lone client, and bytes of the analysis document."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
        classify_s = one_after_another_s(lambda: post(client, CLASSIFY, data))
        analyze_s = one_after_another_s(lambda: post(client, ANALYZE, data))
        return classify_s, analyze_s, len(post(client, ANALYZE, data))


def one_after_another_s(action: Callable[[], object]) -> float:
    """Median seconds of an action, without rests, in which a virtual machine's cores would fall asleep."""
    for _ in range(WARM_UP):
        action()
    return median(once_s(action) for _ in range(RUNS))


def in_own_process_s(way: Callable[[Path], Callable[[], object]], wav: Path) -> float:
    """The same of a way that is made from a file, in a process that ends afterwards."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(timed, (way, wav))


def timed(way: Callable[[Path], Callable[[], object]], wav: Path) -> float:
    """In that process."""
    return one_after_another_s(way(wav))


def post(client: http.client.HTTPConnection, route: str, data: bytes) -> bytes:
    """The answer's content."""
    client.request("POST", route, data)
    response = client.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(content.decode())
    return content


def throughput(port: int, data: bytes, clients: int) -> float:
    """Answers a second to so many clients, each asking as soon as it has been answered."""
    counts = [0] * clients
    stop = time.perf_counter() + CROWD_S

    def ask(number: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
            while time.perf_counter() < stop:
                post(client, CLASSIFY, data)
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def in_process(wav: Path) -> Callable[[], object]:
    """The same work without a server: the bytes are in memory, as an upload's are."""
    from audio_cnn import Classifier

    classifier, data = Classifier(), wav.read_bytes()
    return lambda: classifier.classify(data).top(5)


def reference(wav: Path) -> Callable[[], object]:
    """The reference's work for one request."""
    from benchmarks.reference import Reference

    way = Reference()
    return lambda: way.answer(wav)


def reference_answer(wav: Path) -> str:
    """Its JSON."""
    from benchmarks.reference import Reference

    return Reference().answer(wav)
