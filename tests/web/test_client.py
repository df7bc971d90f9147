"""The web app's client was generated from this very server."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "web/api"


def test_the_committed_openapi_document_is_that_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(API / "openapi.py"), run_name="__main__")
    printed = json.loads(capsys.readouterr().out)
    committed = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    assert committed == printed, "the server's schema has changed: npm run generate, in web/"


def test_the_page_names_every_route_that_it_asks() -> None:
    committed = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    client = "".join((API / name).read_text(encoding="utf-8") for name in ("client.ts", "upload.ts"))
    asked = {path for path in committed["paths"] if path in client}
    assert asked >= {
        "/api/v1/analyze",
        "/api/v1/model",
        "/api/v1/models",
        "/api/v1/samples",
        "/api/v1/samples/{id}/audio",
        "/api/v1/analyses/{id}/activations/{name}",
    }
