"""``audio-cnn serve`` as a process, and a client that knows what it costs."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

START_S, ANSWER_S = 60, 60


@dataclass(frozen=True)
class Answer:
    """What a request gave."""

    status: int
    content: bytes
    headers: dict[str, str]
    seconds: float


class Server:
    """A running server; environment variables are given without their prefix."""

    def __init__(self, model: Path | str, log: Path, **settings: object) -> None:
        environment = {f"AUDIO_CNN_{name.upper()}": str(value) for name, value in settings.items()}
        self.log = log
        self._stderr = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "audio_cnn", "serve", "--port", "0", "--model", str(model)],
            stderr=self._stderr,
            env=os.environ | environment,
        )
        try:
            self.address = self._address()
        except BaseException:
            self.end()
            raise

    def _address(self) -> str:
        started = time.monotonic()
        while time.monotonic() - started < START_S:
            text = self.log.read_text(encoding="utf-8")
            if "ready at " in text:
                return text.partition("ready at ")[2].partition('/"')[0]
            assert self.process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError("it did not start")

    def lines(self) -> list[dict[str, object]]:
        """What it has logged."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def client(self) -> http.client.HTTPConnection:
        """A connection of one's own, kept alive."""
        return http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=ANSWER_S)

    def ask(
        self, path: str, body: bytes | None = None, client: http.client.HTTPConnection | None = None
    ) -> Answer:
        """GET, or POST where there is a body."""
        connection = client or self.client()
        started = time.perf_counter()
        connection.request("GET" if body is None else "POST", path, body)
        response = connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        if client is None:
            connection.close()
        return Answer(response.status, content, {k.lower(): v for k, v in response.getheaders()}, seconds)

    def children(self) -> list[int]:
        """Its processes: decoders, and the standard library's that begin and clean up after those (Linux)."""
        return processes_of(self.process.pid)

    def decoders(self) -> list[int]:
        """Its decoder processes (Linux)."""
        return [pid for child in children_of(self.process.pid) for pid in processes_of(child)]

    def resident_bytes(self) -> int:
        """Memory of it and its decoders (Linux)."""
        pages = [
            int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            for pid in (self.process.pid, *self.children())
        ]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def end(self) -> None:
        """Whatever happened."""
        self.process.kill()
        self.process.wait()
        self._stderr.close()


def has_ended(pid: int) -> bool:
    """Whether nothing is left of a process but its number (Linux)."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def children_of(pid: int) -> list[int]:
    """The processes that this one has started (Linux)."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it, or one of its threads, has ended
        return []


def processes_of(pid: int) -> list[int]:
    """Those that this one has started, and theirs (Linux)."""
    return [one for child in children_of(pid) for one in (child, *processes_of(child))]
