"""``audio-cnn serve`` as a process: it starts, logs, drains and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from made_data import class_sound, wav_bytes
from serving import Server, has_ended
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")]


@pytest.fixture
def server(model_path: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that takes a second to drain."""
    server = Server(model_path, tmp_path / "log", drain_s=1, decoders=1)
    yield server
    server.end()


def test_it_answers_logs_and_stops(server: Server) -> None:
    assert server.ask("/health/ready").status == 200
    answer = server.ask("/api/v1/classify", wav_bytes(class_sound("dog", seed=1)))
    assert answer.status == 200
    assert json.loads(answer.content)["predictions"][0]["label"] == "dog"
    assert server.ask("/api/v1/classify", b"text").status == 415
    assert server.stop() == 0
    assert not any("\x1b" in json.dumps(line, ensure_ascii=False) for line in server.lines())
    requests = [line for line in server.lines() if line["message"] == "request"]
    assert [(line["path"], line["status"]) for line in requests] == [
        ("/health/ready", 200),
        ("/api/v1/classify", 200),
        ("/api/v1/classify", 415),
    ]
    assert all({"time", "level", "request_id", "duration_s"} <= set(line) for line in requests)


def test_who_went_away_is_not_heard_to_the_end(server: Server) -> None:
    sound = wav_bytes(class_sound("dog", seed=1, seconds=150))
    for _ in range(4):
        with closing(server.client()) as client:
            client.request("POST", "/api/v1/classify", sound)
            time.sleep(0.05)
    deadline = time.monotonic() + 10
    while sum(line.get("status") == 499 for line in server.lines()) < 4:
        assert time.monotonic() < deadline, server.lines()
        time.sleep(0.02)
    assert b"audio_cnn_queue_depth 0.0" in server.ask("/metrics").content
    assert server.ask("/api/v1/classify", wav_bytes(class_sound("dog", seed=1))).status == 200


def test_a_stop_lets_go_of_no_request(server: Server) -> None:
    sound = wav_bytes(class_sound("dog", seed=1, seconds=100))
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(server.ask, "/api/v1/classify", sound) for _ in range(8)]
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.ask("/health/ready").status == 503
        assert server.ask("/health/live").status == 200
        assert [future.result().status for future in waiting] == [200] * 8
    assert server.process.wait(30) == 0
    with pytest.raises(ConnectionError):
        server.ask("/health/live")


def test_it_hears_what_goes_on_and_a_stop_ends_that(server: Server) -> None:
    sound = wav_bytes(class_sound("dog", seed=1, seconds=2))
    address = server.address.replace("http", "ws") + "/api/v1/listen"
    with connect(address, additional_headers={"X-Request-ID": "mine"}) as websocket:
        websocket.send(sound[:-1_000])
        assert json.loads(websocket.recv(10))["predictions"][0]["label"] == "dog"
        with pytest.raises(InvalidStatus, match="404"), connect(address + "?model=none"):
            pass
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            websocket.recv(10)
        assert websocket.close_code == 1012  # restarting
    assert server.process.wait(30) == 0
    told = [line for line in server.lines() if "/api/v1/listen" in json.dumps(line)]
    assert [(line["message"], line["status"]) for line in told] == [("request", 404), ("request", 101)]
    assert told[1]["request_id"] == "mine"


def test_a_stop_waits_for_an_upload_that_is_late(model_path: Path, tmp_path: Path) -> None:
    server = Server(model_path, tmp_path / "log", deadline_s=0.5, decoders=1)
    try:
        with closing(server.client()) as connection:
            connection.putrequest("POST", "/api/v1/classify")
            connection.putheader("Content-Length", "2")
            connection.endheaders(b"a")
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(2)  # past the deadline; a refusal waits until all has been sent
            connection.send(b"b")
            assert connection.getresponse().status == 413
        assert server.process.wait(30) == 0
    finally:
        server.end()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's list of child processes")
def test_ctrl_c_and_no_processes_left(server: Server) -> None:
    children = server.children()
    assert server.decoders()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) in (0, 130)
    time.sleep(0.5)
    assert all(map(has_ended, children))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's list of child processes")
def test_what_kills_the_server_leaves_no_processes(server: Server) -> None:
    children = server.children()
    assert server.decoders()
    server.process.kill()
    server.process.wait(30)
    time.sleep(0.5)
    assert all(map(has_ended, children))


def test_a_taken_port_is_said_in_one_line(server: Server, model_path: Path) -> None:
    port = server.address.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "audio_cnn", "serve", "--port", port, "--model", str(model_path)]
    second = subprocess.run(command, capture_output=True, timeout=60)
    assert second.returncode == 1
    assert b"Traceback" not in second.stderr
    assert second.stderr.decode() == f"audio-cnn: cannot listen at 127.0.0.1:{port}: Address already in use\n"
