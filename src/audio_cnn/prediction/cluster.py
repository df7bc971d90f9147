"""Many sounds to tables of answers, on a Ray cluster: each worker holds the model and reads its own files."""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, ConfigError, MissingExtraError
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.many import Answer, answer
from audio_cnn.prediction.model_file import shipped_models
from audio_cnn.prediction.records import Prediction

if TYPE_CHECKING:
    import pyarrow

SOUNDS_AT_ONCE = 16
BATCHES_A_WORKER = 4
MOST_DEATHS = 2
# Only names and answers travel. Ray would reserve a third of the memory.
OBJECT_STORE_BYTES = 200 * 2**20
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
# Ray's switch for clusters of several machines; without it, it listens to this one only.
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
LOCAL, ANY = "local", "auto"  # Ray's words for a cluster of one's own, and for one that runs on this machine
PATIENCE_S = 5.0
STANDARD_ERROR = 2


def classify_on_cluster(
    model: str | Path,
    sounds: Mapping[str, Path],
    *,
    top: int = 5,
    workers: int = 0,
    address: str | None = None,
    limits: AudioLimits | None = None,
) -> Iterator[pyarrow.Table]:
    """Tables of answers, a few rows each, as they come: in no order, one row a sound, see ``answer_schema``.

    A sound that cannot be read becomes a row with its error, and so does one that takes its worker down
    again and again.

    Args:
        model: name of a shipped model, or path of a model file that every worker can read.
        sounds: what to call each sound -> its path, which every worker can read.
        top: how many classes to name.
        workers: actors, each with one core; 0: one for each core of the cluster.
        address: of a running cluster (``"host:port"`` or ``"auto"``). If not given, what the variable
            ``RAY_ADDRESS`` says, and without that a cluster of its own on this machine until the end.

    Raises:
        MissingExtraError: Ray is not installed.
        ModelError: no such model, or a damaged file.
        ConfigError: no cluster answers at the address, or lets us in.
    """
    need_ray()
    Classifier(model, threads=1)  # a model that cannot be used is told here, not by a worker
    found = str(model) if str(model) in shipped_models() else Path(model).absolute()
    return _answers((found, top, limits), sounds, workers, address)


def need_ray() -> None:
    """Stop early, with a way out, where the extra is not installed.

    Raises:
        MissingExtraError: Ray or pyarrow is missing.
    """
    if not (find_spec("ray") and find_spec("pyarrow")):
        raise MissingExtraError("ray")


def answer_schema() -> pyarrow.Schema:
    """Columns of the answers, in the words of the JSON document.

    ``label`` and ``confidence`` (0..1) are of the likeliest class, ``labels`` and ``confidences`` of the
    likeliest few, likeliest first. A row with an ``error`` has nulls in all columns but ``file``.
    """
    import pyarrow as pa

    return pa.schema(
        {
            "file": pa.string(),
            "label": pa.string(),
            "confidence": pa.float32(),
            "labels": pa.list_(pa.string()),
            "confidences": pa.list_(pa.float32()),
            "duration_s": pa.float64(),
            "windows": pa.int32(),
            "silent": pa.bool_(),
            "state": pa.string(),
            "resembles": pa.string(),
            "sounds": pa.list_(pa.string()),
            "uncertainty": pa.float32(),
            "error": pa.string(),
        }
    )


def answer_row(file: str, given: Answer, top: int) -> dict[str, Any]:
    """One row of ``answer_schema``; what is missing is null."""
    if not isinstance(given, Prediction):
        return {"file": file, "error": str(given).encode("utf-8", "backslashreplace").decode("utf-8")}
    scores = given.top(top)
    return {
        "file": file,
        "label": scores[0].label.name,
        "confidence": scores[0].confidence,
        "labels": [score.label.name for score in scores],
        "confidences": [score.confidence for score in scores],
        "duration_s": given.duration_s,
        "windows": len(given.window_probabilities),
        "silent": given.silent,
        "state": given.state,
        "resembles": given.resembles,
        "sounds": [label.name for label in given.sounds],
        "uncertainty": given.uncertainty,
    }


class Attempts:
    """What was begun and not finished, kept in an actor of its own, which outlives the workers."""

    def __init__(self) -> None:
        self._begun: Counter[str] = Counter()

    def begin(self, what: str) -> int:
        """How often it was begun before without being finished."""
        self._begun[what] += 1
        return self._begun[what] - 1

    def finish(self, what: str) -> None:
        """Its worker has lived through it."""
        del self._begun[what]


class Listener:
    """What runs in each worker: a batch of names and paths in, a batch of answers out.

    Ray gives a batch whose worker has died (a fault in a codec, out of memory) to another worker, for
    ever. So a batch that comes a second time is watched sound by sound, to leave out the one to blame.

    Args:
        attempts: handle of the actor that runs ``Attempts``.
    """

    def __init__(self, model: str | Path, top: int, limits: AudioLimits | None, attempts: Any) -> None:
        self.classifier = Classifier(model, threads=1, limits=limits)
        self.top = top
        self.attempts = attempts

    def __call__(self, batch: pyarrow.Table) -> pyarrow.Table:
        """Columns ``file`` (string) and ``path`` (binary) -> ``answer_schema``."""
        import pyarrow as pa

        sounds = [(sound["file"], os.fsdecode(sound["path"])) for sound in batch.to_pylist()]
        listen = self._watched if self._attempt("begin", f"batch {sounds[0][0]}") else self._listen
        rows = [answer_row(file, listen(path), self.top) for file, path in sounds]
        return pa.Table.from_pylist(rows, schema=answer_schema())

    def _listen(self, path: str) -> Answer:
        return answer(self.classifier, path)

    def _watched(self, path: str) -> Answer:
        deaths = self._attempt("begin", path)
        given = (
            self._listen(path) if deaths < MOST_DEATHS else AudioError(f"workers died listening to {path}")
        )
        self._attempt("finish", path)
        return given

    def _attempt(self, what: str, key: str) -> Any:
        import ray

        return ray.get(getattr(self.attempts, what).remote(key))


def _answers(
    listener: tuple[Any, ...], sounds: Mapping[str, Path], workers: int, address: str | None
) -> Iterator[pyarrow.Table]:
    with _cluster(address, workers) as cores:
        import ray.data

        actors = workers or cores
        attempts = ray.remote(num_cpus=0)(Attempts).remote()
        answers = ray.data.from_arrow(_batches(sounds, actors)).map_batches(
            Listener,
            fn_constructor_args=(*listener, attempts),
            batch_size=None,  # a block is a batch, and its answers come back when it is done
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=actors),
            num_cpus=1,
        )
        yield from answers.iter_batches(batch_size=None, batch_format="pyarrow")


def _batches(sounds: Mapping[str, Path], workers: int) -> list[pyarrow.Table]:
    """Names and absolute paths, cut so that every worker gets some.

    Paths travel as bytes: a name need not be UTF-8. A worker's folder is not ours.
    """
    import pyarrow as pa

    table = pa.table(
        {
            "file": pa.array(sounds, pa.string()),
            "path": pa.array([os.fsencode(path.absolute()) for path in sounds.values()], pa.binary()),
        }
    )
    size = max(1, min(SOUNDS_AT_ONCE, len(sounds) // (BATCHES_A_WORKER * workers)))
    return [table.slice(start, size) for start in range(0, len(sounds), size)]


@contextmanager
def _cluster(address: str | None, workers: int) -> Iterator[int]:
    """A connection for as long as it is needed, or the one there is already; gives the cluster's cores."""
    known = address or os.environ.get("RAY_ADDRESS") or LOCAL
    for name, value in (QUIET | LOOPBACK if known == LOCAL else QUIET).items():
        os.environ.setdefault(name, value)  # read when Ray is imported
    import ray
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    if ray.is_initialized():
        yield int(ray.cluster_resources()["CPU"])
        return
    _connect(known, workers)
    try:
        yield int(ray.cluster_resources()["CPU"])
    finally:
        ray.shutdown()


def _connect(address: str, workers: int) -> None:
    import ray

    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address == LOCAL:
        options |= {"num_cpus": workers or os.cpu_count(), "include_dashboard": False}
        options |= {"object_store_memory": OBJECT_STORE_BYTES}
    elif address != ANY:
        _knock(address)
    try:
        with _no_greeting():
            ray.init(address, **options)
    except ConnectionError as error:
        wanted = "; it wants a token, see RAY_AUTH_MODE" if "AuthToken" in str(error.__cause__) else ""
        raise ConfigError(f"no way into the Ray cluster at {address}{wanted}: {error}") from error
    except UnicodeEncodeError as error:  # Ray notes down by what command it was started
        ray.shutdown()
        raise ConfigError(
            "Ray cannot be started by a command with names that are not UTF-8; name their folder, "
            "or list them in a file"
        ) from error


def _knock(address: str) -> None:
    """Ray itself would try for a minute and then end the program.

    Raises:
        ConfigError: this is no address, or nobody is there.
    """
    host, _colon, port = address.rpartition("//")[-1].rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"the address of a Ray cluster is host:port or auto, not '{address}'")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_S).close()
    except (OSError, OverflowError) as error:
        raise ConfigError(f"no Ray cluster answers at {address}: {error}") from error


@contextmanager
def _no_greeting() -> Iterator[None]:
    """Standard error shut: asked to say only what is fatal, Ray's native part says that it was asked so."""
    kept, nowhere = os.dup(STANDARD_ERROR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_ERROR)
    try:
        yield
    finally:
        os.dup2(kept, STANDARD_ERROR)
        os.close(kept)
        os.close(nowhere)
