"""Fixtures that several files of tests share."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: small things run faster on one core

import numpy as np
import pytest
from file_server import FileServer
from filelock import FileLock
from made_data import (
    CLASSES,
    class_sound,
    set_options,
    tiny_config,
    wav_bytes,
    write_class_tree,
    write_esc50_tree,
    write_feature_file,
    write_own_tree,
    write_wav,
)

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples
from audio_cnn.prediction import Classifier

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from audio_cnn.server import ServerSettings

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    """What a command gave."""

    code: int
    stdout: str
    stderr: str


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_works() -> None:
    """A shell's background job ignores Ctrl-C, and so would every command that the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _own_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing a test caches lands in the user's cache folder, also not from a process it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def audio_cnn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command itself, from its entry point, in this process."""
    from audio_cnn.cli.main import run

    def call(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["audio-cnn", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(os, "_exit", sys.exit)  # what ends the command must not end the tests
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            run()
        return Outcome(int(stopped.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def tiny() -> Config:
    """A recipe that trains in a blink: 8 kHz, 1 s, 32 bands, two blocks."""
    return tiny_config()


@pytest.fixture(scope="session")
def esc50_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ESC-50's layout: five folds of six clips, two of each of three classes. Not to be changed."""
    return write_esc50_tree(tmp_path_factory.mktemp("data") / "ESC-50")


@pytest.fixture(scope="session")
def class_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same clips in one sub-folder for each class. Not to be changed."""
    return write_class_tree(tmp_path_factory.mktemp("data") / "classes")


@pytest.fixture(scope="session")
def own_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes that no model knows, six recordings of each. Not to be changed."""
    return write_own_tree(tmp_path_factory.mktemp("data") / "own sounds")


@pytest.fixture(scope="session")
def feature_file(tmp_path_factory: pytest.TempPathFactory, tiny: Config) -> Path:
    """The same clips as log-mels. Not to be changed."""
    return write_feature_file(tmp_path_factory.mktemp("data") / "features.npz", tiny.front_end)


def completed(*arguments: str | Path) -> None:
    """Run a command that must succeed, for fixtures that outlive a test."""
    from typer.testing import CliRunner

    from audio_cnn.cli.main import app

    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (result.output, result.exception)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first of all test processes fills, and the others find full."""
    here = tmp_path_factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / name
    finished = folder / ".finished"
    with FileLock(folder.with_suffix(".lock")):
        if not finished.exists():
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory: pytest.TempPathFactory, esc50_tree: Path) -> Path:
    """Run folder of a training on folds 1-4, made by ``audio-cnn train``. Not to be changed."""
    options = [*set_options("training.epochs=12"), "--validate-fold", "5", "--threads", "1"]

    def train(folder: Path) -> None:
        completed("train", "--data", esc50_tree, "--run", folder / "tiny", *options)

    return made_once(tmp_path_factory, "made-run", train) / "tiny"


@pytest.fixture(scope="session")
def cross_validation(tmp_path_factory: pytest.TempPathFactory, feature_file: Path) -> Path:
    """Folder of a short cross-validation, made by ``audio-cnn evaluate``. Not to be changed."""
    options = ["--cross-validate", *set_options("training.epochs=4"), "--format", "json"]

    def evaluate(folder: Path) -> None:
        figures = folder / "cv.json"
        completed("evaluate", "--data", feature_file, "--run", folder / "cv", "--output", figures, *options)

    return made_once(tmp_path_factory, "made-cross-validation", evaluate) / "cv"


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory, trained_run: Path, cross_validation: Path) -> Path:
    """Model file of the trained network, made by ``audio-cnn export``, its weights beside it."""

    def export(folder: Path) -> None:
        card = folder / "card.toml"
        card.write_text('licence = "made up"\n', encoding="utf-8")
        options = ["--cross-validation", cross_validation, "--card", card]
        completed("export", trained_run, "--output", folder / "tiny.onnx", *options)

    return made_once(tmp_path_factory, "made-model", export) / "tiny.onnx"


@pytest.fixture(autouse=True, scope="session")
def _first_process_makes_the_model(request: pytest.FixtureRequest) -> None:
    """While the other processes are at the tests that do without, see ``pytest_collection_modifyitems``."""
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw0" and any(map(needs_model, request.session.items)):
        request.getfixturevalue("model_path")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spares the fast tests importing Modal, which takes seconds: no test of ``deploy`` is a fast one."""
    return True if collection_path.name == "deploy" and "not slow" in config.option.markexpr else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file's bytes, which may differ from process to process, are no name for a test."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_configure() -> None:
    """Each process of tests keeps to a core of its own: there threads wait for nobody."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker) % len(cores)]})


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the tiny model come last: making it takes as long as many others.

    First among them those of one server, which all go to one process, so that only that one starts it.
    """
    for item in items:
        if needs_server(item):
            item.add_marker(pytest.mark.xdist_group("server"))
    items.sort(key=lambda item: (needs_model(item), not needs_server(item)))


def needs_server(item: pytest.Item) -> bool:
    """Whether a test asks for a server with the tiny model."""
    return needs_model(item) and asks_for(item, "settings")


def needs_model(item: pytest.Item) -> bool:
    """Whether a test asks for the tiny model."""
    return asks_for(item, "model_path")


def asks_for(item: pytest.Item, fixture: str) -> bool:
    """Whether a test asks for a fixture, itself or through other ones."""
    return fixture in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def classifier(model_path: Path) -> Classifier:
    """The tiny model, ready to listen."""
    return Classifier(model_path, threads=1)


@pytest.fixture
def sound_file(tmp_path: Path) -> Path:
    """A WAV file of one window."""
    return write_wav(tmp_path / "pig.wav", class_sound("pig", seed=7))


@pytest.fixture
def three_sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three sounds, one deeper down, and a text; it is the working folder."""
    folder = tmp_path / "recordings"
    for i, name in enumerate(CLASSES):
        write_wav(folder / ("deep/er" if name == "pig" else "") / f"{name}.wav", class_sound(name, seed=i))
    (folder / "notes.txt").write_text("no sound", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def classify(audio_cnn: Command, model_path: Path) -> Command:
    """The command with the tiny model."""

    def call(*arguments: str | Path, **options: Any) -> Outcome:
        return audio_cnn("classify", *arguments, "--model", model_path, **options)

    return call


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real ESC-50 data, which is not part of the repository."""
    folder = Path(os.environ.get("AUDIO_CNN_SHARED", REPOSITORY.parent / "shared" / "esc50"))
    if not (folder / "esc50.csv").is_file():
        pytest.skip(f"needs real ESC-50 data in {folder}; the variable AUDIO_CNN_SHARED names another folder")
    return folder


@pytest.fixture(scope="session")
def shared_log_mels(shared_data: Path) -> dict[str, np.ndarray]:
    """File name -> 8-bit log-mel uint8 [M, F] of the shared features."""
    with np.load(shared_data / "logmel_folds1-4.npz") as features:
        return dict(zip(map(str, features["filename"]), features["log_mel"], strict=True))


@pytest.fixture(scope="session")
def examples(feature_file: Path) -> Examples:
    """The thirty clips of the made data set, as the trainer sees them."""
    from audio_cnn.dataset.features import load_features

    return load_features(feature_file)


@pytest.fixture(scope="session")
def settings(model_path: Path) -> ServerSettings:
    """A server's, with small limits, so that tests can pass them."""
    from audio_cnn.server import ServerSettings

    return ServerSettings(
        model=str(model_path), threads=1, upload_bytes=2_000_000, sound_s=20, decoders=2, decode_s=5
    )


@pytest.fixture(scope="session")
def app(settings: ServerSettings) -> FastAPI:
    """The server's application."""
    from audio_cnn.server import create_app

    return create_app(settings)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the running application."""
    from fastapi.testclient import TestClient

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """Files over HTTP, as well or as badly as its ``does`` says."""
    with FileServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.released.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def dog() -> bytes:
    """A WAV file of one window."""
    return wav_bytes(class_sound("dog", seed=5))


@pytest.fixture
def long_dog() -> bytes:
    """A WAV file of several windows."""
    return wav_bytes(class_sound("dog", seed=6, seconds=3.3))
