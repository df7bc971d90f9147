"""Settings from arguments, environment and file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from audio_cnn.cli.serve import read_settings
from audio_cnn.errors import ConfigError
from audio_cnn.prediction import DEFAULT_MODEL
from audio_cnn.server import ServerSettings


def test_arguments_over_environment_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1\nqueue = 2\ndeadline_s = 3.5\ncors_origins = ["https://a.example"]\n')
    monkeypatch.setenv("AUDIO_CNN_SETTINGS", str(file))
    monkeypatch.setenv("AUDIO_CNN_QUEUE", "20")
    monkeypatch.setenv("AUDIO_CNN_PORT", "10")
    settings = ServerSettings(port=100)
    assert (settings.port, settings.queue, settings.deadline_s) == (100, 20, 3.5)
    assert settings.cors_origins == ["https://a.example"]


def test_limits_of_sounds_are_those_of_the_settings() -> None:
    limits = ServerSettings(upload_bytes=5, sound_s=6, channels=7).limits
    assert (limits.bytes, limits.decoded_s, limits.channels) == (5, 6, 7)


def test_a_typo_cannot_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.toml"
    file.write_text("prot = 1\n")
    monkeypatch.setenv("AUDIO_CNN_SETTINGS", str(file))
    with pytest.raises(ValidationError, match="prot"):
        ServerSettings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("QUEUE", "0"), ("PORT", "far"), ("DECODE_S", "-1"), ("DEADLINE_S", "inf"), ("HOST", "")],
)
def test_nonsense_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"AUDIO_CNN_{variable}", value)
    with pytest.raises(ConfigError, match=f"setting '{variable.lower()}'"):
        read_settings({})


def test_a_file_that_is_no_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.toml"
    file.write_text("port =")
    monkeypatch.setenv("AUDIO_CNN_SETTINGS", str(file))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings({})


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        monkeypatch.setenv("AUDIO_CNN_SETTINGS", str(path))
        with pytest.raises(ConfigError, match="AUDIO_CNN_SETTINGS names no file"):
            read_settings({})


def test_all_shipped_models_are_offered_unless_models_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {"another": Path("a"), DEFAULT_MODEL: Path("d"), "small": Path("s")}
    monkeypatch.setattr("audio_cnn.server.settings.shipped_models", lambda: shipped)
    assert ServerSettings().more_models == ["another", "small"]
    assert ServerSettings(more_models=[]).more_models == []
    assert ServerSettings(model="mine.onnx").more_models == []
    monkeypatch.setenv("AUDIO_CNN_MODEL", "mine.onnx")
    assert ServerSettings().more_models == []


def test_every_setting_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
    for name, field in ServerSettings.model_fields.items():
        assert f"| `AUDIO_CNN_{name.upper()}` |" in text
        assert f"| {field.description} |" in text


def test_how_a_list_is_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIO_CNN_CORS_ORIGINS", "https://example.org")
    with pytest.raises(ConfigError, match=r"cors_origins.*lists are written as JSON"):
        read_settings({})
