"""A sound that goes on, over a WebSocket."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, cast

import anyio
import numpy as np
import pytest
from fastapi import WebSocket
from fastapi.testclient import TestClient
from made_data import RATE_HZ, class_sound, wav_bytes
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from audio_cnn.prediction import Classifier
from audio_cnn.server import ServerSettings, create_app
from audio_cnn.server.live import tell

LISTEN = "/api/v1/listen"
UNKNOWN_LENGTH = b"\xff" * 4


@pytest.fixture
def sound() -> np.ndarray:
    """A dog for three seconds, then a rooster: at half of full scale, as samples of 16 bits hold it."""
    return np.concatenate([class_sound("dog", 1, seconds=3), class_sound("rooster", 1, seconds=3)]) / 2


def endless(sound: np.ndarray) -> bytes:
    """A WAV stream whose header does not know how long it will be."""
    data = wav_bytes(sound)
    at = data.index(b"data") + 4
    return data[:at] + UNKNOWN_LENGTH + data[at + 4 :]


def answers(client: TestClient, messages: Sequence[bytes | str], query: str = "") -> list[Any]:
    """All that is said to these messages, then how it closes: its code, and its reason if there is one."""
    said: list[Any] = []
    with client.websocket_connect(LISTEN + query) as websocket:
        for message in messages:
            websocket.send_text(message) if isinstance(message, str) else websocket.send_bytes(message)
        try:
            while True:
                said.append(json.loads(websocket.receive_text()))
        except WebSocketDisconnect as closed:
            return [*said, (closed.code, closed.reason)]


def pieces(data: bytes, size_bytes: int) -> list[bytes]:
    return [data[start : start + size_bytes] for start in range(0, len(data), size_bytes)]


def test_every_second_what_the_newest_window_sounds_like(
    client: TestClient, classifier: Classifier, sound: np.ndarray
) -> None:
    *told, closed = answers(client, [*pieces(endless(sound), 1_000), b""], "?top=1")

    assert closed == (1000, "")
    assert [(one["start_s"], one["end_s"]) for one in told] == [(i, i + 1) for i in range(6)]
    for one in told:
        stretch = sound[round(one["start_s"] * RATE_HZ) : round(one["end_s"] * RATE_HZ)]
        alone = classifier.classify(stretch.astype(np.float32))
        assert [score["label"] for score in one["predictions"]] == [alone.best.label.name]
        assert one["predictions"][0]["confidence"] == pytest.approx(alone.best.confidence, abs=1e-3)
        assert one["state"] == alone.state
        assert one["time"].endswith("Z")
    assert [one["predictions"][0]["label"] for one in told] == ["dog"] * 3 + ["rooster"] * 3


def test_a_header_that_knows_the_length_ends_the_sound(client: TestClient, sound: np.ndarray) -> None:
    *told, closed = answers(client, [wav_bytes(sound), b"more"], "?every=2.5&top=2")

    assert closed == (1000, "")
    assert [(one["start_s"], one["end_s"]) for one in told] == [(0, 1), (2.5, 3.5), (5, 6)]
    assert {len(one["predictions"]) for one in told} == {2}


def test_an_answer_comes_while_the_sound_goes_on(client: TestClient, sound: np.ndarray) -> None:
    data = endless(sound)
    with client.websocket_connect(LISTEN) as websocket:
        websocket.send_bytes(data[: len(data) // 2])
        assert [json.loads(websocket.receive_text())["end_s"] for _ in range(2)] == [1, 2]
        websocket.send_bytes(data[len(data) // 2 :])
        assert json.loads(websocket.receive_text())["end_s"] == 3


@pytest.mark.parametrize(
    ("message", "status", "slug", "reason"),
    [
        (b"fLaC and so on", 415, "not-audio", "no WAV stream"),
        ("RIFF", 415, "not-audio", "a message of text"),
        (b"", 422, "empty", "ended before it began"),
        (wav_bytes(np.zeros(10), 300_000_000), 413, "too-large", "a sample rate of 300000000 Hz"),
        (bytes(2**20 + 1), 413, "too-large", "a message of 1048577 bytes; at most 1048576"),
        (b"RIFF    WAVE" + b"JUNK\0\0\0\0" * 1_000, 415, "not-audio", "too much comes before its samples"),
    ],
    ids=["no WAV", "text", "nothing", "rate", "long message", "endless header"],
)
def test_what_cannot_be_heard_is_said_before_it_closes(
    client: TestClient, message: bytes | str, status: int, slug: str, reason: str
) -> None:
    problem, closed = answers(client, [message])

    assert (problem["type"], problem["status"]) == (f"/problems/{slug}", status)
    assert reason in problem["detail"]
    assert problem["request_id"]
    assert closed == (4000 + status, problem["title"])


@pytest.mark.parametrize(
    ("query", "headers", "status", "reason"),
    [
        ("?model=none", {}, 404, "no model 'none'"),
        ("?every=0.1", {}, 422, "every"),
        ("?every=nan", {}, 422, "every"),
        ("?top=0", {}, 422, "top"),
        ("?tpo=1", {}, 422, "there is no 'tpo'; there are: every, model, top"),
        ("", {"Origin": "https://elsewhere.example"}, 403, "pages of https://elsewhere.example may not ask"),
        ("", {"Origin": "http://[elsewhere"}, 403, "pages of http://[elsewhere may not ask"),
    ],
)
def test_what_makes_no_sense_is_refused_as_any_request(
    client: TestClient, query: str, headers: dict[str, str], status: int, reason: str
) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(LISTEN + query, headers=headers),
    ):
        pass

    assert refused.value.status_code == status
    assert refused.value.headers["content-type"] == "application/problem+json"
    assert reason in refused.value.json()["detail"]
    assert refused.value.headers["x-request-id"] == refused.value.json()["request_id"]


def test_a_page_of_the_server_itself_may_ask(client: TestClient) -> None:
    with client.websocket_connect(LISTEN, headers={"Origin": "http://testserver"}) as websocket:
        websocket.close()


@pytest.mark.slow
@pytest.mark.parametrize("origin", ["*", "https://elsewhere.example"])
def test_pages_that_are_listed_may_ask(settings: ServerSettings, origin: str) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": [origin]}))
    headers = {"Origin": "https://elsewhere.example"}
    with TestClient(app) as client, client.websocket_connect(LISTEN, headers=headers) as websocket:
        websocket.close()


@pytest.mark.slow
def test_so_many_at_a_time_and_no_longer_than_something_comes(settings: ServerSettings) -> None:
    limits = {"streams": 2, "deadline_s": 0.3}
    with TestClient(create_app(settings.model_copy(update=limits))) as client:
        with ExitStack() as stack:
            two = [stack.enter_context(client.websocket_connect(LISTEN)) for _ in range(2)]
            with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect(LISTEN):
                pass
            assert refused.value.status_code == 429
            assert refused.value.headers["retry-after"] == "30"
            told = client.get(LISTEN)
            assert (told.status_code, told.headers["retry-after"]) == (429, "30")
            assert "audio_cnn_streams 2.0" in client.get("/metrics").text
            assert [json.loads(one.receive_text())["status"] for one in two] == [408, 408]
        assert answers(client, [b""])[-1] == (4422, "Nothing to hear")
        metrics = client.get("/metrics").text
    assert "audio_cnn_streams 0.0" in metrics
    assert 'audio_cnn_requests_total{route="/api/v1/listen",status="101"} 3.0' in metrics
    assert 'audio_cnn_streams_ended_total{code="4408"} 2.0' in metrics
    assert 'audio_cnn_streams_ended_total{code="4422"} 1.0' in metrics
    assert 'audio_cnn_requests_total{route="/api/v1/listen",status="429"} 2.0' in metrics


@pytest.mark.slow
def test_a_trickle_is_not_waited_for(settings: ServerSettings) -> None:
    with (
        TestClient(create_app(settings.model_copy(update={"deadline_s": 0.3}))) as client,
        client.websocket_connect(LISTEN) as websocket,
    ):
        for piece in (b"R", b"I", b"F", b"F", b"s", b"o"):
            websocket.send_bytes(piece)
            time.sleep(0.1)
        problem = json.loads(websocket.receive_text())
    assert problem["status"] == 408
    assert re.fullmatch(r"in 0.3 s [2-4] bytes have come", problem["detail"])


class Deaf:
    """The other end of a connection that takes nothing more."""

    async def send_text(self, _text: str) -> None:
        """As a socket whose buffer is full."""
        await anyio.sleep_forever()


def test_who_does_not_read_is_let_go() -> None:
    with pytest.raises(WebSocketDisconnect):
        anyio.run(partial(tell, cast(WebSocket, Deaf()), {}, patience_s=0.01))


def test_without_a_websocket_it_says_what_is_needed(client: TestClient) -> None:
    for answer in (client.get(LISTEN), client.get(LISTEN, params={"every": 2})):
        assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
        assert answer.json()["type"] == "/problems/upgrade-required"
    assert client.get(LISTEN, params={"model": "none"}).status_code == 404
