"""Sounds that ``audio-cnn classify`` knows by name: samples of ESC-50, and the bundled demos."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import Command
from made_data import class_sound, write_wav

from audio_cnn.sounds import bundled, samples

ID = "1-26806-A-1"


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name can be looked up, nothing is cached, and no local copy of ESC-50 is known."""

    def nobody(*_arguments: object, **_options: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(samples.platformdirs, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.delenv(samples.ESC50_FOLDER_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def heard(stdout: str) -> list[tuple[str, str]]:
    """File and best label, from JSON."""
    return [(one["file"], one["predictions"][0]["label"]) for one in json.loads(stdout)]


def test_a_sample_of_a_local_copy(
    audio_cnn: Command, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_wav(tmp_path / "ESC-50" / "audio" / f"{ID}.wav", class_sound("rooster", seed=1))
    monkeypatch.setenv(samples.ESC50_FOLDER_VARIABLE, str(tmp_path / "ESC-50"))

    outcome = audio_cnn("classify", ID, "--model", model_path, "--format", "json")

    assert outcome.code == 0, outcome.stderr
    assert heard(outcome.stdout) == [(str(clip), "rooster")]


def test_a_sample_that_was_fetched_before(
    audio_cnn: Command, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_wav(tmp_path / "cache" / "samples" / f"{ID}.wav", class_sound("rooster", seed=1))
    sha256 = hashlib.sha256(clip.read_bytes()).hexdigest()
    monkeypatch.setitem(samples.SAMPLES, ID, replace(samples.SAMPLES[ID], sha256=sha256))
    monkeypatch.setattr(samples, "CLIP_BYTES", clip.stat().st_size)

    outcome = audio_cnn("classify", ID, "--model", model_path, "--format", "json")

    assert outcome.code == 0, outcome.stderr
    assert heard(outcome.stdout) == [(str(clip), "rooster")]


@pytest.mark.parametrize("command", [["classify", ID], ["dataset", "samples", "--fetch"]], ids=" ".join)
def test_without_a_connection_the_ways_out_are_shown_at_once(audio_cnn: Command, command: list[str]) -> None:
    begun_s = time.monotonic()

    outcome = audio_cnn(*command)

    assert time.monotonic() - begun_s < 3
    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert "https://" in outcome.stderr
    assert "could not be reached" in outcome.stderr
    assert "bundled demo" in outcome.stderr
    assert samples.ESC50_FOLDER_VARIABLE in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stdout.strip() == ""


def test_a_file_of_that_name_comes_first(audio_cnn: Command, model_path: Path) -> None:
    write_wav(Path(f"{ID}.wav"), class_sound("pig", seed=1)).rename(ID)

    outcome = audio_cnn("classify", ID, "--model", model_path, "--format", "json")

    assert heard(outcome.stdout) == [(ID, "pig")]


def test_demos_come_before_what_is_named(
    audio_cnn: Command, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = write_wav(tmp_path / "demo.wav", class_sound("pig", seed=1))
    mine = shutil.copy(demo, tmp_path / "mine.wav")
    monkeypatch.setattr(bundled, "demo_paths", lambda: [demo])

    outcome = audio_cnn("classify", mine, "--demos", "--model", model_path, "--format", "json")

    assert outcome.code == 0
    assert heard(outcome.stdout) == [(str(demo), "pig"), (str(mine), "pig")]


def test_bundled_demos_can_be_heard(audio_cnn: Command, model_path: Path) -> None:
    demos = bundled.demo_paths()
    if not demos:
        pytest.skip("the package holds no demos yet")

    outcome = audio_cnn("classify", "--demos", "--model", model_path, "--format", "json")

    assert outcome.code == 0, outcome.stderr
    assert [file for file, _label in heard(outcome.stdout)] == [str(path) for path in demos]
