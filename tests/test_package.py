"""The package as a whole: its public surface, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from made_data import class_sound, write_wav

import audio_cnn
from audio_cnn import errors

HEAVY = ("torch", "onnx", "onnxruntime", "numpy", "soundfile", "av", "safetensors", "rich", "typer")


def python(code: str, *arguments: str | Path) -> str:
    """Standard output of a fresh interpreter."""
    command = [sys.executable, "-W", "error::UserWarning", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_public_surface() -> None:
    assert dir(audio_cnn) == [
        "Analysis",
        "AudioCnnError",
        "AudioError",
        "AudioLimits",
        "ClassScore",
        "Classifier",
        "ModelError",
        "Prediction",
        "__version__",
    ]
    assert all(getattr(audio_cnn, name) is not None for name in audio_cnn.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Clasifier'"):
        audio_cnn.Clasifier  # noqa: B018


def test_every_error_is_of_one_tree() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type)]

    assert all(issubclass(error, errors.AudioCnnError) for error in classes)
    assert all(f" {error.__name__}" in errors.__doc__ for error in classes)


def test_a_missing_extra_says_how_to_get_it() -> None:
    assert "pip install 'audio-cnn[train]'" in str(errors.MissingExtraError("train"))


def test_importing_does_nothing_and_takes_no_time() -> None:
    code = """
import sys, time
before = time.perf_counter()
import audio_cnn
print(time.perf_counter() - before, *sys.modules)
"""
    seconds, *modules = python(code).split()

    assert float(seconds) < 0.1
    assert not set(HEAVY) & set(modules)


def test_classifying_needs_no_torch(model_path: Path, tmp_path: Path) -> None:
    code = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "onnx", "onnxscript", "safetensors", "tensorboard"):
            raise ImportError(f"{name} is not installed")

sys.meta_path.insert(0, Blocked())
from audio_cnn.cli.main import run
run()
"""
    sound = write_wav(tmp_path / "pig.wav", class_sound("pig", seed=1))

    answer = python(code, "classify", sound, "--model", model_path, "--format", "csv", "--top", "1")

    assert answer.splitlines()[1].startswith(f"{sound},1,pig,0.")
