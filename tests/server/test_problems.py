"""Whatever a client sends: the right status, one clear problem document, and nothing lost."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_data import noise, wav_bytes

from audio_cnn.errors import AudioError, AudioTooLargeError
from audio_cnn.server import ServerSettings, create_app
from audio_cnn.server.problems import audio_problem

NAMED = b'--a\r\nContent-Disposition: form-data; name="file"; filename="xn--0"\r\n\r\nabc\r\n--a--\r\n'
CLASSIFY, ANALYZE = "/api/v1/classify", "/api/v1/analyze"


def flac_bomb() -> bytes:
    """An hour of silence in little space."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, format="FLAC", subtype="PCM_16") as sound:
        for _ in range(60):
            sound.write(np.zeros(60 * 8000, np.int16))
    return file.getvalue()


def opus_bomb() -> bytes:
    """Two minutes of silence in very little space."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48000, layout="mono", bit_rate=6000)
        for i in range(120 * 50):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48000, i * 960
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def assert_problem(answer: Any, status: int, slug: str, **more: object) -> None:
    """An RFC 9457 document that says so."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["x-request-id"]
    for key, value in more.items():
        assert document[key] == value


@pytest.mark.parametrize("route", [CLASSIFY, ANALYZE])
@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        (b"", 422, "empty"),
        (b"this is no sound", 415, "not-audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), 415, "not-audio"),
        (b"fLaC" + bytes(2000), 422, "corrupt"),
        (wav_bytes(np.zeros(0, np.float32)), 422, "empty"),
    ],
    ids=["empty", "text", "picture", "damaged", "no samples"],
)
def test_no_sound(client: TestClient, route: str, content: bytes, status: int, slug: str) -> None:
    assert_problem(client.post(route, content=content), status, slug)


def test_more_bytes_than_announced_or_allowed(client: TestClient) -> None:
    large = bytes(2_000_001)
    assert_problem(client.post(CLASSIFY, content=large), 413, "too-large", limit="bytes")
    in_pieces = (large[i : i + 10_000] for i in range(0, len(large), 10_000))
    assert_problem(client.post(CLASSIFY, content=in_pieces), 413, "too-large", limit="bytes")
    assert_problem(client.post(CLASSIFY, files={"file": large}), 413, "too-large", limit="bytes")


@pytest.mark.parametrize("bomb", [flac_bomb, opus_bomb])
def test_bombs(client: TestClient, bomb: Any) -> None:
    content = bomb()
    assert len(content) < 1_000_000
    assert_problem(client.post(CLASSIFY, content=content), 413, "too-large", limit="decoded_s")


def test_too_many_channels_and_too_high_a_rate(client: TestClient) -> None:
    many = wav_bytes(np.zeros((800, 17), np.float32))
    assert_problem(client.post(CLASSIFY, content=many), 413, "too-large", limit="channels")
    high = wav_bytes(np.zeros(800, np.float32), rate_hz=500_000)
    assert_problem(client.post(CLASSIFY, content=high), 413, "too-large", limit="sample_rate")


@pytest.mark.parametrize(
    ("content", "headers", "status", "slug"),
    [
        (b"x", {"Content-Type": "multipart/form-data"}, 400, "bad-form"),
        (b"x", {"Content-Type": "multipart/form-data; boundary=a"}, 400, "bad-form"),
        (b"--a--\r\n", {"Content-Type": "multipart/form-data; boundary=a"}, 422, "no-file"),
        *[
            (NAMED, {"Content-Type": f"multipart/form-data; boundary=a; charset={charset}"}, 400, "bad-form")
            for charset in ("punycode", "undefined", "idna")
        ],
    ],
)
def test_bad_forms(
    client: TestClient, content: bytes, headers: dict[str, str], status: int, slug: str
) -> None:
    assert_problem(client.post(CLASSIFY, content=content, headers=headers), status, slug)


def test_a_form_without_the_file(client: TestClient) -> None:
    assert_problem(client.post(CLASSIFY, data={"file": "text"}), 415, "not-audio")
    assert_problem(client.post(CLASSIFY, files={"sound": b"x"}), 422, "no-file")


@pytest.mark.parametrize("top", ["0", "-1", "many", "1001"])
def test_bad_parameters(client: TestClient, dog: bytes, top: str) -> None:
    assert_problem(client.post(f"{CLASSIFY}?top={top}", content=dog), 422, "invalid-request")


def test_wrong_addresses_and_verbs(client: TestClient) -> None:
    assert_problem(client.get("/api/nothing"), 404, "not-found")
    answer = client.get(CLASSIFY)
    assert_problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff\xfe", b'{"audio_data": 5}', b'{"audio_data": "#"}', b'{"audio_data": "abc"}'],
)
def test_bad_requests_of_the_first_contract(client: TestClient, body: bytes) -> None:
    assert_problem(client.post("/inference", content=body), 422, "invalid-request")


def test_no_sound_in_the_first_contract(client: TestClient) -> None:
    body = {"audio_data": base64.b64encode(b"no sound").decode()}
    assert_problem(client.post("/inference", json=body), 415, "not-audio")


def test_after_all_that_it_still_answers(client: TestClient, dog: bytes) -> None:
    assert client.post(CLASSIFY, content=dog).json()["predictions"][0]["label"] == "dog"


def test_errors_that_have_no_type_of_their_own() -> None:
    assert audio_problem(AudioError("odd")).status == 422
    assert audio_problem(AudioTooLargeError("much", limit="memory")).limit == "memory"


def test_a_fault_of_ours_is_said_without_its_inside(
    client: TestClient,
    dog: bytes,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(app.state.hearing, "classify", broken)
    answer = client.post(CLASSIFY, content=dog)
    assert_problem(answer, 500, "internal")
    assert "secret" not in answer.text
    (logged,) = caplog.records
    assert logged.request_id == answer.headers["x-request-id"]
    assert "secret" in str(logged.exc_info)


def test_a_page_elsewhere_may_read_what_went_wrong(
    settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    page = "https://page.example"
    app = create_app(settings.model_copy(update={"cors_origins": [page]}))
    monkeypatch.setattr(app.state.hearing, "classify", broken)
    answer = TestClient(app).post(CLASSIFY, content=b"", headers={"Origin": page})
    assert_problem(answer, 500, "internal")
    assert answer.headers["access-control-allow-origin"] == page


def test_nobody_is_asked_for_a_body_that_has_been_refused(app: FastAPI) -> None:
    async def receive() -> Any:
        raise AssertionError("this asks for it")

    async def send(message: Any) -> None:
        sent.append(message)

    sent: list[Any] = []
    headers = [(b"expect", b"100-continue"), (b"content-length", b"9999999")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": CLASSIFY,
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 413


def test_who_is_too_slow_for_a_refusal_loses_the_connection(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    sent: list[Any] = []
    monkeypatch.setattr("audio_cnn.server.hearing.REFUSED_S", 0.1)
    hearing = app.state.hearing
    monkeypatch.setattr(hearing, "settings", hearing.settings.model_copy(update={"deadline_s": 0.1}))
    scope = {"type": "http", "method": "POST", "path": CLASSIFY, "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["limit"] == "upload_s"


def test_activations_have_a_deadline_too(
    client: TestClient, dog: bytes, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing, released = app.state.hearing, threading.Event()
    key = client.post(ANALYZE, content=dog).json()["id"]
    monkeypatch.setattr(hearing, "settings", hearing.settings.model_copy(update={"deadline_s": 0.05}))
    assert client.portal is not None
    holding = client.portal.start_task_soon(hearing.listener().queue.alone, lambda: released.wait(10))
    try:
        answer = client.get(f"/api/v1/analyses/{key}/activations/conv1")
        assert_problem(answer, 504, "deadline")
    finally:
        released.set()
    holding.result(10)
    monkeypatch.undo()
    assert client.get(f"/api/v1/analyses/{key}/activations/conv1").status_code == 200


def test_noise_is_no_reason_to_fail(client: TestClient) -> None:
    loud = wav_bytes(noise(8000, amplitude=0.3))
    assert client.post(CLASSIFY, content=loud).status_code == 200
