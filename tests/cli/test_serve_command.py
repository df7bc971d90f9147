"""``audio-cnn serve``, as far as it does not serve: tests/server/test_serving.py has the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

from audio_cnn.cli import serve as serve_command
from audio_cnn.server import ServerSettings, running


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ServerSettings, Callable[[str], object] | None]]:
    """What would have been served."""
    calls: list[tuple[ServerSettings, Callable[[str], object] | None]] = []
    monkeypatch.setattr(running, "serve", lambda settings, when_ready: calls.append((settings, when_ready)))
    return calls


def test_options_win_over_the_environment(
    audio_cnn: Command, served: list[tuple[ServerSettings, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIO_CNN_PORT", "1")
    monkeypatch.setenv("AUDIO_CNN_QUEUE", "7")
    assert audio_cnn("serve", "--port", "2", "--host", "::1").code == 0
    ((settings, when_ready),) = served
    assert (settings.host, settings.port, settings.queue) == ("::1", 2, 7)
    assert when_ready is None


def test_open_shows_the_page(
    audio_cnn: Command, served: list[tuple[object, Callable[[str], object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    assert audio_cnn("serve", "--open").code == 0
    served[0][1]("http://127.0.0.1:8000/")
    assert shown == ["http://127.0.0.1:8000/"]
    assert serve_command.open_page("x") is None


def test_nonsense_is_one_line(audio_cnn: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audio_cnn("serve", "--port", "99999").code == 2
    missing = audio_cnn("serve", "--port", "0", "--model", str(tmp_path / "none.onnx"))
    assert (missing.code, missing.stderr.count("\n")) == (1, 1)
    assert "no model" in missing.stderr
    monkeypatch.setenv("AUDIO_CNN_QUEUE", "many")
    wrong = audio_cnn("serve")
    assert (wrong.code, wrong.stderr.count("\n")) == (1, 1)
    assert "setting 'queue'" in wrong.stderr


def test_the_first_of_several_models_is_the_default(
    audio_cnn: Command, served: list[tuple[ServerSettings, object]]
) -> None:
    assert audio_cnn("serve", "--model", "compact", "--model", "mine.onnx").code == 0
    settings = served[0][0]
    assert (settings.model, settings.more_models) == ("compact", ["mine.onnx"])
