"""``deploy/modal_app.py``: what Modal is asked for, and what the functions do.

The first half looks at the requests of the real client, see ``modal_stand_in``; the second half runs the
functions' bodies here, on small made data. What only Modal can show: building the image, GPUs, snapshots.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import REPOSITORY
from fastapi.testclient import TestClient
from made_data import set_options
from modal_stand_in import ControlPlane, modal_command

from audio_cnn.prediction import DEFAULT_MODEL
from audio_cnn.sounds import demo_paths
from audio_cnn.training import loop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(r"ignore:The \w+ function is executing locally:UserWarning"),
    pytest.mark.xdist_group("modal"),
]

APP = REPOSITORY / "deploy" / "modal_app.py"
HOUR_S = 3600


@dataclass(frozen=True)
class Deployed:
    """What one ``modal deploy`` asked for."""

    plane: ControlPlane
    functions: dict[str, Any]

    def dockerfile(self, function: str) -> list[str]:
        """All commands of a function's image, from its base on."""
        id_, layers = self.functions[function].image_id, []
        while id_:
            image = self.plane.named(id_).image
            layers.append(list(image.dockerfile_commands))
            id_ = image.base_images[0].image_id if image.base_images else ""
        return [command for layer in reversed(layers) for command in layer if command != "FROM base"]

    def installed(self, function: str) -> list[str]:
        """Requirements that a function's image installs, besides the installer's own."""
        (command,) = [line for line in self.dockerfile(function) if line.startswith("RUN python -m pip")]
        return shlex.split(command.removeprefix("RUN python -m pip install"))

    def files(self, function: str) -> set[str]:
        """Paths of the files brought along."""
        mounts = [self.plane.named(id_) for id_ in self.functions[function].mount_ids]
        return {file.filename for mount in mounts for file in mount.files}

    def volumes(self, function: str) -> dict[str, tuple[str, bool]]:
        """Path -> name of the volume there, and whether it is read-only."""
        return {
            mount.mount_path: (self.plane.named(mount.volume_id).deployment_name, mount.read_only)
            for mount in self.functions[function].volume_mounts
        }

    def environment(self, function: str) -> dict[str, str]:
        """Variables that are set for a function."""
        secrets = [self.plane.named(id_) for id_ in self.functions[function].secret_ids]
        return {name: value for secret in secrets for name, value in secret.env_dict.items()}


def deploy(home: Path, **settings: str) -> Deployed:
    """``modal deploy deploy/modal_app.py`` in an environment with these settings."""
    plane = ControlPlane({})
    done = modal_command(plane, home, "deploy", APP, **settings)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert plane.requests["AppPublish"][0].name == "audio-cnn"
    made = [request.function for request in plane.requests["FunctionCreate"]]
    return Deployed(plane, {function.function_name: function for function in made})


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """A deployment without settings."""
    return deploy(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The project table of pyproject.toml."""
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def test_there_are_three_functions_and_one_is_on_the_web(deployed: Deployed) -> None:
    on_the_web = [name for name, function in deployed.functions.items() if function.webhook_config.type]

    assert set(deployed.functions) == {"train", "classify", "serve"}
    assert on_the_web == ["serve"]


@pytest.mark.parametrize("function", ["classify", "serve"])
def test_serving_installs_what_the_package_needs_and_no_more(
    deployed: Deployed, project: dict[str, Any], function: str
) -> None:
    installed = deployed.installed(function)

    assert sorted(installed) == sorted(project["dependencies"])
    assert not any(re.match(r"torch|onnx\b(?!runtime)|tensorboard|modal", one) for one in installed)


def test_training_installs_the_training_extra_too(deployed: Deployed, project: dict[str, Any]) -> None:
    wanted = project["dependencies"] + project["optional-dependencies"]["train"]

    assert sorted(deployed.installed("train")) == sorted(wanted)
    assert any(one.startswith("torch") for one in deployed.installed("train"))


@pytest.mark.parametrize("function", ["train", "classify", "serve"])
def test_the_package_comes_along_whole_and_nothing_else(deployed: Deployed, function: str) -> None:
    source = REPOSITORY / "src"
    package = {
        f"/root/{path.relative_to(source)}"
        for path in (source / "audio_cnn").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert deployed.files(function) == package | {"/root/modal_app.py"}
    assert "/root/audio_cnn/models/compact.onnx" in package


@pytest.mark.parametrize("function", ["train", "classify", "serve"])
def test_python_is_one_that_the_package_is_tested_with(
    deployed: Deployed, project: dict[str, Any], function: str
) -> None:
    version = re.match(r"FROM python:(3\.\d+)", deployed.dockerfile(function)[0])

    assert version
    assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]


def test_training_has_a_gpu_a_day_and_both_volumes(deployed: Deployed) -> None:
    train = deployed.functions["train"]

    assert (train.resources.gpu_config.gpu_type, train.resources.gpu_config.count) == ("A10G", 1)
    assert train.timeout_secs == 24 * HOUR_S
    assert train.retry_policy.retries == 2
    assert train.single_use_containers
    assert deployed.volumes("train") == {
        "/data": ("audio-cnn-data", False),
        "/models": ("audio-cnn-models", False),
    }
    assert all(mount.allow_background_commits for mount in train.volume_mounts)


def test_serving_scales_down_and_starts_from_a_snapshot(deployed: Deployed) -> None:
    serve = deployed.functions["serve"]

    assert serve.resources.gpu_config.count == 0
    assert serve.checkpointing_enabled
    assert (serve.max_concurrent_inputs, serve.target_concurrent_inputs) == (32, 8)
    assert serve.autoscaler_settings.scaledown_window == 300
    assert serve.timeout_secs == 60
    assert deployed.volumes("serve") == {"/models": ("audio-cnn-models", True)}
    assert deployed.environment("serve") == {"AUDIO_CNN_THREADS": "2", "AUDIO_CNN_DECODERS": "2"}


def test_no_more_requests_reach_a_container_than_its_server_takes(deployed: Deployed) -> None:
    from audio_cnn.server import ServerSettings

    assert deployed.functions["serve"].max_concurrent_inputs <= ServerSettings().queue


def test_naming_one_sound_is_cheap(deployed: Deployed) -> None:
    classify = deployed.functions["classify"]

    assert classify.resources.gpu_config.count == 0
    assert classify.timeout_secs == 120
    assert deployed.volumes("classify") == {"/models": ("audio-cnn-models", True)}
    assert classify.image_id == deployed.functions["serve"].image_id


def test_settings_travel_with_the_deployment(tmp_path: Path) -> None:
    given = {"AUDIO_CNN_MODEL": "/models/second.onnx", "AUDIO_CNN_THREADS": "4", "AUDIO_CNN_GPU": "T4"}

    deployed = deploy(tmp_path, **given)

    assert deployed.functions["serve"].resources.gpu_config.gpu_type == "T4"
    assert deployed.functions["classify"].resources.gpu_config.count == 0
    assert deployed.environment("serve") == {**given, "AUDIO_CNN_DECODERS": "2"}
    assert deployed.environment("train") == {}


@pytest.fixture
def modal_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The module, its two volumes being folders of this machine."""
    monkeypatch.syspath_prepend(APP.parent)
    monkeypatch.delenv("AUDIO_CNN_MODEL", raising=False)
    import modal_app

    for name in ("DATA", "MODELS"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setattr(modal_app, name, folder)
    yield modal_app
    del sys.modules["modal_app"]


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch, esc50_tree: Path) -> list[Path]:
    """Folders the data set was asked for; instead of ESC-50 comes the made one."""
    folders: list[Path] = []

    def fetch(folder: Path, **_options: Any) -> Path:
        folders.append(folder)
        return shutil.copytree(esc50_tree, folder, dirs_exist_ok=True)

    monkeypatch.setattr("audio_cnn.dataset.download.download_esc50", fetch)
    return folders


def test_the_volume_s_model_is_taken_and_else_the_shipped_one(
    modal_app: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = modal_app.model()
    trained = modal_app.MODELS / "main.onnx"
    trained.touch()
    from_volume = modal_app.model()
    monkeypatch.setenv("AUDIO_CNN_MODEL", "other.onnx")

    assert shipped == DEFAULT_MODEL
    assert from_volume == str(trained)
    assert modal_app.model() == "other.onnx"


def test_a_sound_is_named_in_a_table(modal_app: ModuleType) -> None:
    rain = next(path for path in demo_paths() if path.stem.startswith("rain"))

    table = modal_app.classify.local(rain.name, rain.read_bytes(), top=2)

    header, row = table.splitlines()
    assert header.split()[:2] == ["file", "length"]
    assert row.startswith(rain.name)
    assert "Rain" in row


@pytest.mark.slow
def test_modal_run_names_a_local_file(modal_app: ModuleType, tmp_path: Path) -> None:
    rain = next(path for path in demo_paths() if path.stem.startswith("rain"))
    plane = ControlPlane({"classify": modal_app.classify.local})

    done = modal_command(plane, tmp_path, "run", "--quiet", APP, "--path", rain, "--top", "1")

    assert done.returncode == 0, done.stderr
    assert done.stdout == modal_app.classify.local(rain.name, rain.read_bytes(), top=1)


@pytest.mark.slow
def test_modal_run_train_takes_options_of_the_command_line(modal_app: ModuleType, tmp_path: Path) -> None:
    called: list[Any] = []
    plane = ControlPlane({"train": lambda *arguments, **options: called.append((arguments, options))})

    options = ["--run", "second", "--options", "--set a=1"]
    done = modal_command(plane, tmp_path, "run", "--quiet", f"{APP}::train", *options)

    assert done.returncode == 0, done.stderr
    assert called == [((), {"run": "second", "options": "--set a=1"})]


def test_the_app_is_the_package_s_server(modal_app: ModuleType) -> None:
    sound = demo_paths()[0]

    with TestClient(modal_app.serve.local()) as client:
        ready = client.get("/health/ready")
        heard = client.post("/api/v1/classify", content=sound.read_bytes())

    assert ready.status_code == 200
    assert heard.json()["predictions"][0]["label"] == sound.stem.partition("-")[0]


@pytest.mark.slow
def test_training_goes_on_after_an_interruption_and_ends_in_the_model_served(
    modal_app: ModuleType, fetched: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = shlex.join([*set_options("training.epochs=2"), "--validate-fold", "5", "--threads", "1"])
    epochs: list[int] = []
    train_epoch = loop.train_epoch

    def stopped_once_in_the_second(state: Any, *others: Any) -> float:
        epochs.append(state.epoch)
        if epochs == [0, 1]:
            raise RuntimeError("moved to another machine")
        return train_epoch(state, *others)

    monkeypatch.setattr(loop, "train_epoch", stopped_once_in_the_second)
    with pytest.raises(RuntimeError, match="moved"):
        modal_app.train.local(options=options)
    modal_app.train.local(options=options)

    run = modal_app.MODELS / "runs" / "main"
    assert epochs == [0, 1, 1]
    assert fetched == [modal_app.DATA / "ESC-50"] * 2
    assert list(run.glob("**/events.out.tfevents.*"))
    assert modal_app.model() == str(modal_app.MODELS / "main.onnx")
    assert TestClient(modal_app.serve.local()).get("/api/v1/model").json()["name"] == "main"
