"""Many sounds on a local Ray cluster of two workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from made_data import CLASSES, class_sound, sine, write_wav

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, ConfigError, MissingExtraError, ModelError
from audio_cnn.prediction import Prediction, cluster
from audio_cnn.prediction.cluster import answer_row, answer_schema, classify_on_cluster
from audio_cnn.prediction.many import classify_many

one_cluster = pytest.mark.xdist_group("ray")  # in one process, which alone starts it
# Ray leaves sockets and log files to be closed by the end of the process.
leaves_things_open = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[None]:
    """A cluster on this machine."""
    import ray

    os.environ |= cluster.QUIET
    ray.init(
        "local", num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20
    )
    yield
    ray.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sounds of one and several windows with all kinds of names, and three files that are none."""
    for i in range(9):
        write_wav(tmp_path / f"{i}.wav", class_sound(CLASSES[i % 3], seed=i, seconds=1 + i % 2))
    write_wav(tmp_path / "große Übung 鳥 🐦.wav", class_sound("dog", seed=10))
    write_wav(tmp_path / "silence.wav", 0 * sine(440))
    (tmp_path / "3-bad.wav").write_bytes(b"this is no sound")
    (tmp_path / "5-bad.wav").touch()
    return tmp_path


def rows_of(answers: Iterator[pa.Table]) -> dict[str, dict[str, object]]:
    """File -> row; a file that comes twice fails."""
    rows = [row for table in answers for row in table.to_pylist()]
    by_file = {row["file"]: row for row in rows}
    assert len(by_file) == len(rows)
    return by_file


@pytest.mark.slow
@one_cluster
@leaves_things_open
def test_two_workers_say_what_one_process_says(model_path: Path, folder: Path, two_workers: None) -> None:
    paths = [*sorted(folder.iterdir()), folder / "gone.wav"]
    expected = {path.name: answer for path, answer in classify_many(model_path, paths)}

    rows = rows_of(classify_on_cluster(model_path, {path.name: path for path in paths}, top=2, workers=2))

    assert rows.keys() == expected.keys()
    for file, answer in expected.items():
        row = rows[file]
        if not isinstance(answer, Prediction):
            assert row == dict.fromkeys(answer_schema().names) | {"file": file, "error": str(answer)}
            continue
        scores = answer.top(2)
        assert row["label"] == scores[0].label.name
        assert row["labels"] == [score.label.name for score in scores]
        confidences = [score.confidence for score in scores]
        assert row["confidences"] == pytest.approx(confidences, abs=1e-6)
        assert row["confidence"] == pytest.approx(confidences[0], abs=1e-6)
        assert (row["duration_s"], row["windows"]) == (answer.duration_s, len(answer.window_probabilities))
        assert (row["silent"], row["state"], row["error"]) == (answer.silent, answer.state, None)
        assert row["sounds"] == [label.name for label in answer.sounds]
        assert row["uncertainty"] == pytest.approx(answer.uncertainty, abs=1e-5)
    assert sum(row["error"] is not None for row in rows.values()) == 3


@pytest.mark.long
@one_cluster
@leaves_things_open
def test_relative_paths_odd_bytes_and_limits(
    model_path: Path, folder: Path, two_workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)  # not the folder that the workers were started in
    odd = os.fsdecode(b"caf\xe9.wav")
    try:
        shutil.copy("0.wav", odd)
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    sounds = {"odd": Path(odd), "odd and gone": Path(odd + "!"), "long": Path("1.wav")}

    rows = rows_of(classify_on_cluster(model_path, sounds, workers=2, limits=AudioLimits(decoded_s=1.5)))

    assert rows["odd"]["label"] == "dog"
    assert "caf\\udce9.wav!" in str(rows["odd and gone"]["error"])
    assert "longer" in str(rows["long"]["error"])


@pytest.mark.long
@leaves_things_open
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_a_sound_that_kills_workers_stops_nothing(model_path: Path, folder: Path, two_workers: None) -> None:
    pipe = folder / "killer.wav"
    os.mkfifo(pipe)
    sounds = {path.name: path for path in sorted(folder.glob("?.wav"))} | {pipe.name: pipe}
    killed: list[int] = []
    threading.Thread(target=kill_readers, args=(pipe, killed), daemon=True).start()

    rows = rows_of(classify_on_cluster(model_path, sounds, workers=1))

    assert len(killed) == 1 + cluster.MOST_DEATHS
    assert rows.keys() == sounds.keys()
    assert rows[pipe.name]["error"] == f"workers died listening to {pipe}"
    assert all(row["error"] is None for file, row in rows.items() if file != pipe.name)


def kill_readers(pipe: Path, killed: list[int]) -> None:
    """Kill whoever opens the pipe, as often as a sound may do that."""
    while len(killed) <= cluster.MOST_DEATHS:
        with pipe.open("wb"):  # returns when a reader is there
            reader = wait_for_reader(pipe)
            os.kill(int(reader.name), signal.SIGKILL)
            killed.append(int(reader.name))
            while has_open(reader, pipe):
                time.sleep(0.01)


def wait_for_reader(pipe: Path) -> Path:
    """Its folder in /proc."""
    while True:
        for process in Path("/proc").glob("[0-9]*"):
            if int(process.name) != os.getpid() and has_open(process, pipe):
                return process
        time.sleep(0.01)


def has_open(process: Path, path: Path) -> bool:
    try:
        return any(link.readlink() == path for link in (process / "fd").iterdir())
    except OSError:
        return False


@pytest.mark.long
def test_a_cluster_of_its_own_is_closed_to_the_network() -> None:
    code = """
from audio_cnn.prediction.cluster import _cluster
with _cluster(None, 1) as cores:
    import ray
    print(cores, *(node["NodeManagerAddress"] for node in ray.nodes()))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment
    )

    assert (finished.stdout, finished.stderr) == ("1 127.0.0.1\n", "")


def test_errors_are_text_that_parquet_can_hold() -> None:
    row = answer_row("a", AudioError("no such file: " + os.fsdecode(b"caf\xe9")), 3)

    assert pa.Table.from_pylist([row], schema=answer_schema())["error"].to_pylist() == [
        "no such file: caf\\udce9"
    ]


@pytest.mark.parametrize(
    ("sounds", "workers", "largest"), [(3, 2, 1), (40, 2, 5), (10_000, 2, 16), (5, 64, 1)]
)
def test_batches_give_every_worker_some(sounds: int, workers: int, largest: int) -> None:
    batches = cluster._batches({str(i): Path(str(i)) for i in range(sounds)}, workers)

    assert max(map(len, batches)) == largest
    assert pa.concat_tables(batches)["file"].to_pylist() == [str(i) for i in range(sounds)]


def test_attempts_remember_only_what_was_not_finished() -> None:
    attempts = cluster.Attempts()

    assert [attempts.begin("a"), attempts.begin("a"), attempts.begin("b")] == [0, 1, 0]
    attempts.finish("a")
    assert [attempts.begin("a"), attempts.begin("b")] == [0, 1]


@pytest.mark.parametrize("address", ["localhost", ":80", "a:b", "", "//:1"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ConfigError, match="host:port"):
        cluster._knock(address)


def test_an_address_where_nobody_is_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="no Ray cluster answers at"):
        cluster._knock("127.0.0.1:1")


def test_a_command_that_ray_cannot_note_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []

    def start(*_arguments: object, **_options: object) -> None:
        "audio-cnn classify caf\udce9.wav".encode()

    ray = SimpleNamespace(init=start, shutdown=lambda: ended.append(True))
    monkeypatch.setitem(sys.modules, "ray", ray)

    with pytest.raises(ConfigError, match="not UTF-8; name their folder"):
        cluster._connect("local", 1)

    assert ended == [True]


def test_a_missing_model_is_told_before_a_cluster_is_started(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        classify_on_cluster(tmp_path / "none.onnx", {})


def test_without_ray_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None if name == "ray" else object())

    with pytest.raises(MissingExtraError, match=r"audio-cnn\[ray\]"):
        classify_on_cluster("compact", {})


def test_importing_the_module_loads_no_ray() -> None:
    code = "import sys, audio_cnn.prediction.cluster, audio_cnn.output.parquet; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout

    assert "audio_cnn.output.parquet" in modules.split()
    assert not {"ray", "pyarrow", "pandas"} & set(modules.split())
