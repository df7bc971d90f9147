"""The command as a process of its own: signals and pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_data import class_sound, set_options, write_wav

from audio_cnn import __version__
from audio_cnn.training.checkpoint import finished_epochs
from audio_cnn.training.lock import alone_in

COMMAND = [sys.executable, "-m", "audio_cnn"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX"),
]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with a sound of half a minute that many names stand for."""
    folder = tmp_path / "recordings"
    first = write_wav(folder / "0.wav", class_sound("dog", seed=0, seconds=30))
    for i in range(1, 400):
        (folder / f"{i}.wav").symlink_to(first)
    return folder


def assert_interrupted(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGINT) -> None:
    """After the signal: gone at once, with its exit code and no word too many."""
    started = time.monotonic()
    process.send_signal(by)
    try:
        process.wait(30)
    finally:
        process.kill()
    assert time.monotonic() - started < 10  # a busy machine; working through the queue would take minutes
    assert process.returncode == 128 + by
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert process.stdout.read() == b""
        said = process.stderr.read().decode().splitlines()
    assert said[-1].startswith("audio-cnn: interrupted")
    assert len([line for line in said if "epoch " not in line]) == 1


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_its_like_stop_at_once_and_keep_what_is_done(
    recordings: Path, model_path: Path, tmp_path: Path, by: signal.Signals
) -> None:
    folder = tmp_path / "output"
    folder.mkdir()
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    options = ["--model", model_path, "--format", "json", "--output", folder / "answers.json", "--jobs", "1"]
    first = [recordings / f"{i}.wav" for i in range(4)]
    process = subprocess.Popen(
        [*COMMAND, "classify", *first, pipe, recordings, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # Returns when the command listens to it, and has the first answer: it looks 2 ahead.
    pipe.write_bytes((recordings / "0.wav").read_bytes())

    assert_interrupted(process, by)

    (left,) = folder.iterdir()
    assert left.name == "answers.json.part"
    assert 0 < len(json.loads(left.read_text(encoding="utf-8"))) < 400


@pytest.mark.parametrize(
    ("arguments", "redirection", "line"),
    [
        (["classify", "-"], "<&-", "audio-cnn: -: standard input is closed"),
        (["classify", "--manifest", "-"], "<&-", "audio-cnn: standard input is closed"),
        (["listen"], "<&-", "audio-cnn: standard input is closed"),
        (["classify", "dog.wav"], ">&-", "audio-cnn: standard output is closed; "),
        (["classify", "dog.wav", "--format", "csv"], ">&-", "audio-cnn: standard output is closed; "),
        (["models"], ">&-", "audio-cnn: standard output is closed; "),
    ],
)
def test_a_stream_that_is_closed_is_one_clear_line(
    arguments: list[str], redirection: str, line: str, model_path: Path
) -> None:
    options = [] if arguments == ["models"] else ["--model", model_path]
    finished = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirection}', *COMMAND, *arguments, *options],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert finished.returncode == 1
    assert finished.stderr.startswith(line)
    assert len(finished.stderr.splitlines()) == 1


def test_devices_stay_what_they_are(model_path: Path, tmp_path: Path) -> None:
    sound = write_wav(tmp_path / "dog.wav", class_sound("dog", seed=0))
    answers = tmp_path / "answers.csv"
    options = ["--model", model_path, "--format", "csv", "--top", "1", "--output"]
    with answers.open("w") as opened:
        opened.write("before\n")
        opened.flush()
        for device in ("/dev/stdout", "/dev/null"):
            subprocess.run([*COMMAND, "classify", sound, *options, device], stdout=opened, check=True)

    assert [line.split(",")[0] for line in answers.read_text().splitlines()] == ["before", "file", str(sound)]
    assert Path("/dev/stdout").is_symlink()
    assert Path("/dev/null").is_char_device()


def test_ctrl_c_also_stops_waiting_for_standard_input(model_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "classify", "-", "--model", model_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    with process.stdin as waiting:
        waiting.write(bytes(2**20))  # more than a pipe holds: returns when the command reads
        time.sleep(0.1)  # and now it waits for more

        assert_interrupted(process)


def test_a_background_job_that_ignores_ctrl_c_can_be_ended(model_path: Path) -> None:
    with subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$0" "$@"', *COMMAND, "classify", "-", "--model", model_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(bytes(2**20))
        time.sleep(0.1)

        assert_interrupted(process, signal.SIGTERM)


@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_reader_that_goes_away_is_no_error(model_path: Path, tmp_path: Path, format_: str) -> None:
    sound = write_wav(tmp_path / "dog.wav", class_sound("dog", seed=0))
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        finished = subprocess.run(
            [*COMMAND, "classify", sound, "--model", model_path, "--format", format_],
            stdout=write_end,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
            timeout=60,
        )
    finally:
        os.close(write_end)

    assert (finished.returncode, finished.stderr) == (0, b"")


def test_a_reader_that_has_seen_enough_is_no_error(model_path: Path) -> None:
    more_than_a_pipe_holds = ["gone.wav"] * 4_000
    process = subprocess.Popen(
        [*COMMAND, "classify", *more_than_a_pipe_holds, "--format", "csv", "--model", model_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert process.stdout.readline().startswith(b"file,rank,label,confidence,")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.slow
def test_ctrl_c_stops_a_training_that_can_go_on(feature_file: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ["--data", feature_file, "--run", run, *set_options("training.epochs=100000"), "--threads", "1"]
    process = subprocess.Popen([*COMMAND, "train", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not (run / "checkpoint.safetensors").exists() and process.poll() is None:
        time.sleep(0.05)

    assert_interrupted(process)

    assert finished_epochs(run / "checkpoint.safetensors") >= 1


@pytest.mark.long
def test_whoever_ends_trainings_side_by_side_ends_all_of_them(feature_file: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ["--data", feature_file, "--run", run, "--fold", "1", "--fold", "2", "--jobs", "2"]
    process = subprocess.Popen(
        [*COMMAND, "evaluate", "--cross-validate", *options, *set_options("training.epochs=100000")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    checkpoints = [run / f"fold{fold}" / "checkpoint.safetensors" for fold in (1, 2)]
    while not all(path.exists() for path in checkpoints) and process.poll() is None:
        time.sleep(0.05)

    assert_interrupted(process, signal.SIGTERM)

    for checkpoint in checkpoints:
        with alone_in(checkpoint.parent):  # nobody trains there any more
            assert finished_epochs(checkpoint) >= 1


def test_help_and_version_load_nothing_heavy() -> None:
    code = """
import sys
from audio_cnn.cli.main import run
try:
    run()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    finished = subprocess.run(
        [sys.executable, "-c", code, "classify", "--help"], capture_output=True, text=True, timeout=60
    )
    version = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, timeout=60)

    assert "Usage" in finished.stdout
    assert not {"torch", "onnx", "onnxruntime", "numpy", "av"} & set(finished.stderr.split())
    assert (version.returncode, version.stdout, version.stderr) == (0, f"{__version__}\n", "")
