"""Audio-CNN on Modal: where it runs, with what, and for how long. What is done there is the package's own.

    modal run deploy/modal_app.py --path dog.wav        name a sound
    modal run deploy/modal_app.py::train                train on ESC-50 and keep the model file
    modal deploy deploy/modal_app.py                    serve page, API and the volume's model file

A checkout and ``pip install modal`` are enough on this side; the page is served once ``make run`` has built
it. docs/deployment.md says what can be set.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modal

if TYPE_CHECKING:
    from fastapi import FastAPI

HOUR_S = 60 * 60
SERVING_CORES = 2
TRAINING_CORES = 8
TABLE_CELLS = 100
REQUESTS_AT_ONCE = 32  # as many as the server's queue takes: Modal adds a container before one says 429
RECIPE = "--waveform noise --waveform stretch --waveform pitch"

DATA = Path("/data")
MODELS = Path("/models")
TRAINED = "main"

PROJECT = Path(__file__).parents[1]
PACKAGE = "/root/audio_cnn"  # Modal puts /root on the path of every function
GPU = os.environ.get("AUDIO_CNN_GPU")
SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("AUDIO_CNN_")}
"""Those of ``ServerSettings`` that are set where ``modal deploy`` is called."""

data = modal.Volume.from_name("audio-cnn-data", create_if_missing=True)
models = modal.Volume.from_name("audio-cnn-models", create_if_missing=True)


def with_package(*extras: str) -> modal.Image:
    """What pyproject.toml asks for, and this checkout's package, brought along when a container starts."""
    return (
        modal.Image.debian_slim(python_version="3.13")
        .pip_install_from_pyproject(str(PROJECT / "pyproject.toml"), optional_dependencies=list(extras))
        .add_local_dir(PROJECT / "src" / "audio_cnn", PACKAGE, ignore=["**/__pycache__"])
    )


serving = with_package()
training = with_package("train")

# A container tells the machine's number of cores, not its own.
cores = {"AUDIO_CNN_THREADS": str(SERVING_CORES), "AUDIO_CNN_DECODERS": str(SERVING_CORES)}
served: dict[str, Any] = {
    "image": serving,
    "volumes": {str(MODELS): models.with_mount_options(read_only=True)},
    "env": {**cores, **SETTINGS},
    "cpu": SERVING_CORES,
    "memory": 2560,
}

# In the memory snapshot, which is taken before the function is called: only opening the model is left to do.
with serving.imports():  # type: ignore[no-untyped-call]
    from audio_cnn.server import ServerSettings, create_app

app = modal.App("audio-cnn")


@app.function(
    image=training,
    gpu="A10G",
    cpu=TRAINING_CORES,
    memory=8192,
    volumes={str(DATA): data, str(MODELS): models},
    timeout=24 * HOUR_S,
    retries=2,
    single_use_containers=True,
)
def train(run: str = TRAINED, options: str = RECIPE) -> None:
    """Train on ESC-50 and export the network to the model volume as ``<run>.onnx``.

    The same call again, by hand, after a failure or when Modal moves it to another machine, goes on from
    the last epoch. Checkpoints and TensorBoard logs are on the model volume in ``runs/<run>``.

    Args:
        run: its name.
        options: more options of ``audio-cnn train``, as they are typed.
    """
    from audio_cnn.cli.main import app as audio_cnn

    esc50, folder = str(DATA / "ESC-50"), str(MODELS / "runs" / run)
    for command in (
        ["dataset", "download", "esc50", esc50],
        ["train", "--data", esc50, "--run", folder, "--resume", *shlex.split(options)],
        ["export", folder, "--output", str(MODELS / f"{run}.onnx")],
    ):
        audio_cnn(command, standalone_mode=False)


@app.function(**served, timeout=120)
def classify(name: str, sound: bytes, top: int = 3) -> str:
    """Name one sound, given as the bytes of a file: the table that ``audio-cnn classify`` prints."""
    from rich.console import Console

    from audio_cnn import Classifier
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.output.table import prediction_table

    heard = Classifier(model(), threads=SERVING_CORES).classify(sound)
    console = Console(width=TABLE_CELLS, emoji=False)
    with console.capture() as table:
        console.print(prediction_table([NamedPrediction(name, heard)], top=top, width=console.width))
    return table.get()


@app.function(**served, gpu=GPU, scaledown_window=300, enable_memory_snapshot=True, timeout=60)
@modal.concurrent(max_inputs=REQUESTS_AT_ONCE, target_inputs=REQUESTS_AT_ONCE // 4)
@modal.asgi_app()
def serve() -> FastAPI:
    """The server of ``audio-cnn serve``."""
    return create_app(ServerSettings(model=model()))


@app.local_entrypoint()
def main(path: str, top: int = 3) -> None:
    """Name a file of this machine."""
    print(classify.remote(Path(path).name, Path(path).read_bytes(), top), end="")


def model() -> str:
    """The model file asked for, or the one trained on the volume, or the shipped one."""
    from audio_cnn.prediction import DEFAULT_MODEL

    trained = MODELS / f"{TRAINED}.onnx"
    return os.environ.get("AUDIO_CNN_MODEL") or (str(trained) if trained.is_file() else DEFAULT_MODEL)
