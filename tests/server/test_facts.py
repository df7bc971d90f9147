"""Labels, model, samples, health, metrics, and the description of it all."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from audio_cnn.prediction import Classifier
from audio_cnn.server.upload import announced_bytes

STATIC = ["/api/v1/labels", "/api/v1/model", "/api/v1/samples", "/api/v1/samples/rain-24/audio"]


@pytest.mark.parametrize("path", STATIC)
def test_static_answers_are_asked_for_again_and_not_sent_twice(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_labels(client: TestClient, classifier: Classifier) -> None:
    labels = client.get("/api/v1/labels").json()
    assert [one["label"] for one in labels] == [one.name for one in classifier.info.labels]
    assert labels[0]["emoji"] == "🐕"


def test_model(client: TestClient, classifier: Classifier) -> None:
    model = client.get("/api/v1/model").json()
    assert model["family"] == "resnet"
    assert model["parameters"] == classifier.info.parameters
    assert model["multiply_adds"] == classifier.info.multiply_adds > model["parameters"]
    assert model["activations"] == list(classifier.info.activations)
    assert model["record"]["licence"] == "made up"


def test_samples_can_be_heard(client: TestClient) -> None:
    samples = client.get("/api/v1/samples").json()
    made = [one for one in samples if one["licence"] == "MIT"]
    assert len(made) == 14
    assert len(samples) == 20
    audio = client.get(made[0]["audio"])
    assert audio.headers["content-type"] == "audio/flac"
    assert audio.content.startswith(b"fLaC")


def test_clips_of_esc50_come_from_a_local_copy(
    client: TestClient, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "audio").mkdir()
    (folder / "audio" / "1-26806-A-1.wav").write_bytes(b"RIFF made up")
    monkeypatch.setenv("AUDIO_CNN_ESC50", str(folder))
    assert client.get("/api/v1/samples/1-26806-A-1/audio").content == b"RIFF made up"


def test_unknown_sample(client: TestClient) -> None:
    answer = client.get("/api/v1/samples/nothing/audio")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_health(client: TestClient, app: FastAPI) -> None:
    assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200
    app.state.hearing.ready = False
    try:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
    finally:
        app.state.hearing.ready = True


def test_metrics_count_by_route_and_stage(client: TestClient, dog: bytes) -> None:
    def count() -> float:
        found = re.search(
            r'^audio_cnn_requests_total\{route="/api/v1/classify",status="200"\} (\S+)$',
            client.get("/metrics").text,
            re.MULTILINE,
        )
        return float(found[1]) if found else 0.0

    before = count()
    client.post("/api/v1/classify", content=dog)
    assert count() == before + 1
    text = client.get("/metrics").text
    for stage in ("upload", "decode", "predict"):
        assert f'audio_cnn_stage_seconds_count{{stage="{stage}"}}' in text
    for name in ("audio_cnn_queue_depth", "audio_cnn_rejections"):
        assert name in text


def test_paths_that_clients_make_up_are_no_labels(client: TestClient) -> None:
    client.get("/api/made/up/by/a/client")
    text = client.get("/metrics").text
    assert "made/up" not in text
    assert 'route="none",status="404"' in text


def test_every_route_is_described(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    paths = description["paths"]
    assert {
        "/api/v1/classify",
        "/api/v1/analyze",
        "/api/v1/analyses/{id}/activations/{name}",
        "/api/v1/labels",
        "/api/v1/model",
        "/api/v1/samples",
        "/api/v1/samples/{id}/audio",
        "/inference",
        "/health/live",
        "/health/ready",
        "/metrics",
    } <= set(paths)
    for path in ("/api/v1/classify", "/api/v1/analyze", "/inference"):
        described = paths[path]["post"]
        assert {"200", "400", "413", "415", "422", "429", "504"} <= set(described["responses"])
        assert described["description"]


def test_the_reference_page_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 3
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_every_error_is_described_as_a_problem(client: TestClient) -> None:
    response = client.get("/openapi.json")
    assert "HTTPValidationError" not in response.text
    for described in response.json()["paths"].values():
        for operation in described.values():
            errors = {status: one for status, one in operation["responses"].items() if status >= "400"}
            assert all(list(one["content"]) == ["application/problem+json"] for one in errors.values())


@pytest.mark.parametrize(
    "path", [*STATIC, "/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json"]
)
def test_headers_can_be_asked_for_alone(client: TestClient, path: str) -> None:
    answer, whole = client.head(path), client.get(path)
    assert answer.status_code == 200
    for name in ("content-type", "etag"):
        assert answer.headers.get(name) == whole.headers.get(name)
    assert client.put(path).status_code == 405


def test_a_slash_too_much_leads_nowhere(client: TestClient) -> None:
    answer = client.get("/api/v1/labels/", headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("said", "found"),
    [("5", 5), ("0" * 5_000 + "5", 5), ("9" * 5_000, int("9" * 20)), ("", None), ("-1", None), ("0", 0)],
)
def test_a_length_that_is_announced(said: str, found: int | None) -> None:
    request = Request({"type": "http", "headers": [(b"content-length", said.encode())]})
    assert announced_bytes(request) == found


def test_ids_of_requests(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    own = client.get("/health/live", headers={"X-Request-ID": "bad\tid {}"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", own)
    problem = client.get("/api/nothing", headers={"X-Request-ID": "mine-2"})
    assert problem.json()["request_id"] == "mine-2"


@pytest.mark.parametrize("path", ["/health/live", "/api/nothing", "/made-up"])
def test_content_is_what_it_says_it_is(client: TestClient, path: str) -> None:
    assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_answers_are_compressed_where_it_helps(client: TestClient, dog: bytes) -> None:
    large = client.post("/api/v1/analyze", content=dog, headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    small = client.get("/health/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_the_description_refers_to_nothing_that_is_missing(client: TestClient) -> None:
    response = client.get("/openapi.json")
    known = {f"#/components/schemas/{name}" for name in response.json()["components"]["schemas"]}
    assert set(re.findall(r'"\$ref":"([^"]+)"', response.text)) <= known
    assert "#/components/schemas/Problem" in known
