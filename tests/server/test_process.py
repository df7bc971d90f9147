"""``audio-cnn serve`` as a process: it starts, logs, drains and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from made_data import class_sound, wav_bytes

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")]


class Server:
    """A running server."""

    def __init__(self, model: Path, log: Path, **environment: str) -> None:
        self.log = log
        self._stderr = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "audio_cnn", "serve", "--port", "0", "--model", str(model)],
            stderr=self._stderr,
            env={**os.environ, "AUDIO_CNN_DECODERS": "1", **environment},
        )
        self.address = self._address()

    def lines(self) -> list[dict[str, object]]:
        """What it has logged."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def _address(self) -> str:
        for _ in range(600):
            for line in self.log.read_text(encoding="utf-8").splitlines():
                if "ready at " in line:
                    return line.partition("ready at ")[2].partition('/"')[0]
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError("it did not start")

    def get(self, path: str, data: bytes | None = None) -> tuple[int, bytes]:
        """Status and content."""
        try:
            with urllib.request.urlopen(self.address + path, data, timeout=30) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def end(self) -> None:
        """Whatever happened."""
        self.process.kill()
        self.process.wait()
        self._stderr.close()


@pytest.fixture
def server(model_path: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that takes a second to drain."""
    server = Server(model_path, tmp_path / "log", AUDIO_CNN_DRAIN_S="1")
    yield server
    server.end()


def test_it_answers_logs_and_stops(server: Server) -> None:
    assert server.get("/health/ready")[0] == 200
    status, content = server.get("/api/v1/classify", wav_bytes(class_sound("dog", seed=1)))
    assert status == 200
    assert json.loads(content)["predictions"][0]["label"] == "dog"
    assert server.get("/api/v1/classify", b"text")[0] == 415
    assert server.stop() == 0
    requests = [line for line in server.lines() if line["message"] == "request"]
    assert [(line["path"], line["status"]) for line in requests] == [
        ("/health/ready", 200),
        ("/api/v1/classify", 200),
        ("/api/v1/classify", 415),
    ]
    assert all({"time", "level", "request_id", "duration_s"} <= set(line) for line in requests)


def test_a_stop_lets_go_of_no_request(server: Server) -> None:
    sound = wav_bytes(class_sound("dog", seed=1, seconds=100))
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(server.get, "/api/v1/classify", sound) for _ in range(8)]
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.get("/health/ready")[0] == 503
        assert server.get("/health/live")[0] == 200
        assert [future.result()[0] for future in waiting] == [200] * 8
    assert server.process.wait(30) == 0
    with pytest.raises(URLError):
        server.get("/health/live")


def test_ctrl_c_and_no_processes_left(server: Server) -> None:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("needs Linux's list of child processes")
    decoders = [int(pid) for pid in children.read_text().split()]
    assert decoders
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) in (0, 130)
    time.sleep(0.5)
    assert not [pid for pid in decoders if Path(f"/proc/{pid}").exists()]


def test_a_taken_port_is_said_in_one_line(server: Server, model_path: Path) -> None:
    port = server.address.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "audio_cnn", "serve", "--port", port, "--model", str(model_path)]
    second = subprocess.run(command, capture_output=True, timeout=60)
    assert second.returncode == 1
    assert b"Traceback" not in second.stderr
    assert second.stderr.decode() == f"audio-cnn: cannot listen at 127.0.0.1:{port}: Address already in use\n"
