"""A hostile or busy world, at length: ``make test-strength``. Loopback only, every loop bounded.

Each test says what it measured on its last line, for docs/benchmarks.md.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from made_data import noise, wav_bytes
from serving import Answer, Server
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from audio_cnn.prediction.model_file import DEFAULT_MODEL

pytestmark = [pytest.mark.strength, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

Ask = Callable[[Server, HTTPConnection, int], Answer]

CLASSIFY = "/api/v1/classify"
FUZZED = int(os.environ.get("AUDIO_CNN_FUZZED", "10000"))
SOAK_S = float(os.environ.get("AUDIO_CNN_SOAK_S", "600"))
FIVE_SECONDS = wav_bytes(noise(220_500, amplitude=0.2), 44_100)
DECODED = wav_bytes(noise(220_500, amplitude=0.2), 44_100, format_="FLAC")  # a plain WAV needs no decoder
DEADLINE_S = 5.0
KILL_EVERY_S = 0.2
CLEAR = {"/problems/corrupt", "/problems/deadline"}
"""What a request may be told whose decoders were killed, or had to be started anew time after time."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The shipped model, served."""
    server = Server(DEFAULT_MODEL, tmp_path / "log", queue=16, deadline_s=DEADLINE_S)
    yield server
    server.end()


@pytest.fixture(scope="module")
def damaged() -> Callable[[random.Random], bytes]:
    """A maker of damaged files, the same as the decoder's own fuzz test uses."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "waveform"))
    import fuzz

    corpus = fuzz.corpus()
    return lambda generator: fuzz.damaged(corpus, generator)


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """On the screen, although pytest keeps what tests print."""
    with capsys.disabled():
        print(f"\n  {text}")


def crowd(
    server: Server, clients: int, ask: Callable[[Server, object, int], Answer], count: int
) -> list[Answer]:
    """``count`` requests by so many clients, each with a connection of its own, one after another."""
    numbers = itertools.count()
    lock = threading.Lock()

    def client() -> list[Answer]:
        answers: list[Answer] = []
        with closing(server.client()) as connection:
            while True:
                with lock:
                    number = next(numbers)
                if number >= count:
                    return answers
                answers.append(ask(server, connection, number))

    with ThreadPoolExecutor(clients) as pool:
        return list(
            itertools.chain.from_iterable(f.result() for f in [pool.submit(client) for _ in range(clients)])
        )


def test_thousands_of_damaged_uploads(
    server: Server, damaged: Callable[[random.Random], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(server: Server, connection: HTTPConnection, number: int) -> Answer:
        return server.ask(CLASSIFY, damaged(random.Random(number)), connection)

    crowd(server, 4, ask, FUZZED // 10)
    before = server.resident_bytes()
    answers = crowd(server, 4, ask, FUZZED)
    after = server.resident_bytes()
    statuses = Counter(answer.status for answer in answers)
    assert sum(statuses.values()) == FUZZED
    assert set(statuses) <= {200, 413, 415, 422}
    assert json.loads(server.ask(CLASSIFY, FIVE_SECONDS).content)["predictions"]
    say(
        capsys,
        f"{FUZZED} damaged uploads: {dict(statuses)}, memory {before / 1e6:.0f} -> {after / 1e6:.0f} MB",
    )
    assert after < before * 1.15 + 20e6


def test_openapi_is_the_truth(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    checks = (
        "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
        "response_schema_conformance,unsupported_method,allow_header_conformance"
    )
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{server.address}/openapi.json"]
    options = ["--checks", checks, "--max-examples", "100", "--seed", "1", "--warnings", "off", "--no-color"]
    result = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=900, cwd=server.log.parent
    )
    assert result.returncode == 0, result.stdout[-6000:]
    say(capsys, result.stdout.strip().splitlines()[-1].strip("= "))


def test_four_times_too_much(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """64 clients at a queue of 16: everyone gets an answer or a clear no, the accepted ones in time."""

    def ask(server: Server, connection: HTTPConnection, _number: int) -> Answer:
        answer = server.ask(CLASSIFY, FIVE_SECONDS, connection)
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) >= 1
            time.sleep(0.05)
        return answer

    answers = crowd(server, 64, ask, 2000)
    accepted = sorted(answer.seconds for answer in answers if answer.status == 200)
    statuses = Counter(answer.status for answer in answers)
    p99_s = accepted[int(len(accepted) * 0.99)]
    times = f"p50 {statistics.median(accepted):.3f} s, p99 {p99_s:.3f} s"
    say(capsys, f"64 clients, room for 16: {dict(statuses)}, {times}")
    assert set(statuses) == {200, 429}
    assert p99_s < DEADLINE_S


def test_killed_decoders_under_load(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """kill -9 of a decoder again and again: at most its own request fails, and clearly."""
    done = threading.Event()
    kills = 0

    def kill() -> None:
        nonlocal kills
        generator = random.Random(1)
        while not done.wait(KILL_EVERY_S):
            if decoders := server.decoders():
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    os.kill(generator.choice(decoders), signal.SIGKILL)
                    kills += 1

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        answers = crowd(server, 4, lambda s, c, _n: s.ask(CLASSIFY, DECODED, c), 800)
    finally:
        done.set()
        killer.join()
    statuses = Counter(answer.status for answer in answers)
    failed = [answer for answer in answers if answer.status != 200]
    say(capsys, f"{kills} decoders killed during 800 requests: {dict(statuses)}")
    assert kills > 5
    assert len(failed) <= kills
    assert {json.loads(answer.content)["type"] for answer in failed} <= CLEAR
    assert server.ask(CLASSIFY, FIVE_SECONDS).status == 200


def test_sounds_that_go_on_beside_a_crowd(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """As many as may, a hundred in all, faster than sound goes, every third left before its answers."""
    address = server.address.replace("http", "ws") + "/api/v1/listen?top=1"
    sound = wav_bytes(noise(20 * 44_100, amplitude=0.2), 44_100)
    times_s: list[float] = []

    def connected() -> ClientConnection:
        """Once there is room: whose client has left keeps the room until that is noticed."""
        while True:
            try:
                return connect(address)
            except InvalidStatus as refused:
                if refused.response.status_code != 429:
                    raise
                time.sleep(0.05)

    def listen(number: int) -> int:
        with connected() as websocket:
            for start in range(0, len(sound), 2**16):
                websocket.send(sound[start : start + 2**16])
            if number % 3 == 0:
                return 0
            websocket.send(b"")
            return sum(1 for _message in websocket)

    def ask(server: Server, connection: HTTPConnection, _number: int) -> Answer:
        answer = server.ask(CLASSIFY, FIVE_SECONDS, connection)
        times_s.append(answer.seconds)
        return answer

    with ThreadPoolExecutor(8) as pool:
        listening = [pool.submit(listen, number) for number in range(8)]
        [one.result() for one in listening]
        before = server.resident_bytes()
        listening = [pool.submit(listen, number) for number in range(100)]
        statuses = Counter(answer.status for answer in crowd(server, 4, ask, 200))
        heard = Counter(one.result() for one in listening)
    time.sleep(1)
    after = server.resident_bytes()
    memory = f"memory {before / 1e6:.0f} -> {after / 1e6:.0f} MB"
    p50_s = statistics.median(times_s)
    say(capsys, f"100 sounds that go on, {dict(heard)} answers; requests beside: p50 {p50_s:.2f} s; {memory}")
    assert set(statuses) == {200}
    assert heard == {0: 34, 16: 66}  # 5 to 20 s
    assert b"audio_cnn_streams 0.0" in server.ask("/metrics").content
    assert after < before * 1.15 + 20e6


def test_soak(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Minutes of steady load: memory stays as it was after the first tenth of them."""
    stop = time.monotonic() + SOAK_S
    settled: list[int] = []
    statuses: Counter[int] = Counter()
    generator = random.Random(3)
    routes, sounds = [CLASSIFY, CLASSIFY, "/api/v1/analyze"], [FIVE_SECONDS, DECODED]
    with closing(server.client()) as connection:
        while time.monotonic() < stop:
            statuses[server.ask(generator.choice(routes), generator.choice(sounds), connection).status] += 1
            if time.monotonic() > stop - 0.9 * SOAK_S and statuses[200] % 20 == 0:
                settled.append(server.resident_bytes())
            time.sleep(0.05)
    early = statistics.median(settled[: len(settled) // 10])
    late = statistics.median(settled[-len(settled) // 10 :])
    say(
        capsys,
        f"{SOAK_S:.0f} s, {statuses[200]} requests: {early / 1e6:.1f} -> {late / 1e6:.1f} MB "
        f"({late / early - 1:+.1%})",
    )
    assert set(statuses) == {200}
    assert late < early * 1.05
