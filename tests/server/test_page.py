"""The web app's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audio_cnn.server.metrics import Metrics
from audio_cnn.server.page import install_page
from audio_cnn.server.watching import Watching


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves."""
    (tmp_path / "_next" / "static").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<h1>page</h1>")
    (tmp_path / "_next" / "static" / "app-1a2b.js").write_text("1")
    return tmp_path


def client_of(folder: Path, metrics: Metrics | None = None) -> TestClient:
    app = FastAPI()
    install_page(app, folder)
    return TestClient(Watching(app, metrics or Metrics()))


def test_the_page_is_at_the_root(built: Path) -> None:
    client = client_of(built)
    page = client.get("/")
    assert page.text == "<h1>page</h1>"
    assert page.headers["cache-control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert "immutable" in client.get("/_next/static/app-1a2b.js").headers["cache-control"]
    assert client.get("/../secret").status_code == 404
    assert client.get("/api/v1/none").status_code == 404


def test_its_files_are_counted_together(built: Path) -> None:
    metrics = Metrics()
    client = client_of(built, metrics)
    for path in ("/", "/_next/static/app-1a2b.js", "/api/v1/none"):
        client.get(path)
    text = metrics.exposition().decode()
    assert 'audio_cnn_requests_total{route="page",status="200"} 2.0' in text
    assert 'audio_cnn_requests_total{route="none",status="404"} 1.0' in text


def test_without_a_page_the_reference_is_shown(tmp_path: Path) -> None:
    answer = client_of(tmp_path / "none").get("/", follow_redirects=False)
    assert answer.headers["location"] == "/docs"
