"""The image without a container engine: its build's own commands in folders of this machine, then its server.

Taken from the Dockerfile as they stand: RUN of the build stage, ENV, CMD and HEALTHCHECK of the last one;
only paths, Python and port differ. The files are those that .dockerignore lets through. Where we are root,
the server runs as nobody, without capabilities, on a read-only root with a tmpfs for /tmp; else as we are.

What this does not show: the base image, the layers, and the last stage's own RUN.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import REPOSITORY
from container_files import build_context, stage, stages

from audio_cnn.sounds import demo_paths

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("container")]

CONFINED = """
place=$1 home=$2; shift 2
mount --make-rprivate /
mount --bind "$place" "$place"
mount -o remount,bind,ro "$place"
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs "$home"
if touch "$place/written" 2>/dev/null; then exit 99; fi
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --no-new-privs "$@"
"""
START_S = 60
STOP_S = 30


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that others may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="audio-cnn-container-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def python_for_everybody() -> Path:
    """Ours, unless it lies in a folder that nobody else may enter; then the system's."""
    own = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in own.parents)
    return own if open_to_all or os.getuid() else Path("/usr/bin/python3")


def confined(words: list[str], place: Path, home: Path) -> list[str]:
    """The command as nobody on a read-only root, where we may have that arranged."""
    if os.getuid() or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return words
    return ["unshare", "--mount", "sh", "-ec", CONFINED, "sh", str(place), str(home), *words]


@pytest.fixture(scope="module")
def installed(place: Path) -> Path:
    """What stands for /opt/audio-cnn, made by the build stage."""
    build, target = place / "build", place / "audio-cnn"
    for file in build_context():
        (build / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / file, build / file)
    commands = place / "commands"
    commands.mkdir()
    (commands / "python").symlink_to(python_for_everybody())
    (commands / "pip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@"\n')
    (commands / "pip").chmod(0o755)
    environment = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}"}
    for command in stage("build").commands:
        here = command.replace("/opt/audio-cnn", str(target))
        done = subprocess.run(["sh", "-ec", here], cwd=build, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def in_container(words: list[str], installed: Path, port: int) -> list[str]:
    """A command of the Dockerfile, as it is called here."""
    program, *rest = (word.replace("8000", str(port)).replace("0.0.0.0", "127.0.0.1") for word in words)
    return [str(installed / "bin" / program), *rest]


def environment(place: Path, installed: Path) -> dict[str, str]:
    """That of the last stage, and nothing of ours."""
    own = stages()[-1].environment
    home = place / "tmp"
    home.mkdir(exist_ok=True)
    home.chmod(0o1777)
    path = own["PATH"].replace("/opt/audio-cnn", str(installed)).replace("$PATH", "/usr/bin:/bin")
    return {**own, "PATH": path, "HOME": str(home), "TMPDIR": str(home), "AUDIO_CNN_DECODERS": "1"}


@contextmanager
def served(place: Path, installed: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The server of CMD, ended whatever happens."""
    command = in_container(stages()[-1].only("CMD").words, installed, port)
    variables = environment(place, installed)
    process = subprocess.Popen(
        confined(command, place, Path(variables["HOME"])),
        cwd="/",
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def healthy(place: Path, installed: Path, port: int) -> bool:
    """What HEALTHCHECK says."""
    command = in_container(stages()[-1].only("HEALTHCHECK").words, installed, port)
    done = subprocess.run(command, env=environment(place, installed), capture_output=True, timeout=30)
    return done.returncode == 0


def wait_until_healthy(process: subprocess.Popen[str], place: Path, installed: Path, port: int) -> None:
    """Return once it is; fail where it ended or takes too long."""
    end = time.monotonic() + START_S
    while not healthy(place, installed, port):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "not healthy in time"
        time.sleep(0.2)


def classify(port: int, sound: bytes) -> str:
    """The likeliest label."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/classify", data=sound, method="POST")
    with urllib.request.urlopen(request, timeout=30) as reply:
        label: str = json.load(reply)["predictions"][0]["label"]
        return label


def test_nothing_is_installed_that_serving_does_not_need(installed: Path) -> None:
    (packages,) = installed.glob("lib/python3.*/site-packages")
    names = {path.name.partition("-")[0].lower() for path in packages.glob("*.dist-info")}

    assert {"audio_cnn", "onnxruntime", "fastapi", "uvicorn"} <= names
    assert not {"pip", "setuptools", "wheel", "hatchling", "torch", "onnx", "tensorboard", "pytest"} & names
    assert (packages / "audio_cnn" / "models" / "compact.onnx").is_file()


def test_it_serves_as_nobody_without_writing_and_stops_when_asked(
    place: Path, installed: Path, port: int
) -> None:
    sound = demo_paths()[0]
    before = {path for path in place.rglob("*") if path.is_file()}

    assert not healthy(place, installed, port)
    with served(place, installed, port) as process:
        wait_until_healthy(process, place, installed, port)
        heard = classify(port, sound.read_bytes())
        process.send_signal(signal.SIGTERM)
        output, _none = process.communicate(timeout=STOP_S)

    assert heard == sound.stem.partition("-")[0]
    assert process.returncode == 0, output
    assert not healthy(place, installed, port)
    assert {path for path in place.rglob("*") if path.is_file()} == before
