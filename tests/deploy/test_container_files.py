"""``deploy/Dockerfile``, ``deploy/compose.yaml`` and ``.dockerignore``, as far as reading them tells."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from container_files import (
    COMPOSE_FILE,
    DOCKERFILE,
    DOCKERIGNORE,
    build_context,
    copied_from_context,
    stage,
    stages,
    tool,
)
from modal import FilePatternMatcher

from audio_cnn.server import ServerSettings
from audio_cnn.server.hearing import longest_stay_s

pytestmark = pytest.mark.slow

SERVER_BYTES = 870 * 2**20  # with all shipped models, each asked many times at once


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    """The one service of the compose file, variables unresolved."""
    document = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    assert list(document["services"]) == ["server"]
    server: dict[str, Any] = document["services"]["server"]
    return server


def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run([tool("hadolint"), DOCKERFILE], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_is_one() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([tool("check-jsonschema"), *schema, COMPOSE_FILE], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_the_stages_stand_on_small_images() -> None:
    page, build, last = (one.base for one in stages())

    assert re.fullmatch(r"node:\d+-slim", page)
    assert build == last
    assert re.fullmatch(r"python:3\.\d+-slim", last)


def test_the_last_stage_has_the_finished_environment_and_no_pip() -> None:
    build, last = stage("build"), stages()[-1]
    (copy,) = last.every("COPY")

    assert copy.words == ["--from=build", "/opt/audio-cnn", "/opt/audio-cnn"]
    assert "venv --without-pip /opt/audio-cnn" in build.commands[0]
    assert last.commands[0].startswith("pip uninstall --yes pip ")
    assert last.environment["PATH"].split(":")[0] == "/opt/audio-cnn/bin"


def test_it_does_not_run_as_root() -> None:
    last = stages()[-1]
    order = [one.name for one in last.instructions]

    assert last.only("USER").text == "10001:10001"
    assert "useradd --uid 10001 " in last.commands[0]
    assert order.index("USER") > max(index for index, name in enumerate(order) if name in ("RUN", "COPY"))


def test_signals_and_questions_reach_the_server_itself() -> None:
    last = stages()[-1]

    assert last.only("CMD").words == ["audio-cnn", "serve", "--host", "0.0.0.0", "--port", "8000"]
    assert last.only("EXPOSE").text == "8000"
    assert last.only("HEALTHCHECK").words[:2] == ["python", "-c"]
    assert "8000" in last.only("HEALTHCHECK").text
    assert not last.every("ENTRYPOINT")
    assert not last.every("SHELL")


@pytest.mark.parametrize("source", copied_from_context())
def test_what_is_copied_is_in_the_context(source: str) -> None:
    seen = build_context()

    assert any(path == PurePosixPath(source) or PurePosixPath(source) in path.parents for path in seen)


def test_nothing_else_is_in_the_context() -> None:
    copied = set(map(PurePosixPath, copied_from_context()))
    seen = build_context()

    assert {path for path in seen if copied.isdisjoint((path, *path.parents))} == set()
    assert not [path for path in seen if {"__pycache__", "node_modules", "page"} & set(path.parts)]
    assert PurePosixPath("src/audio_cnn/models/compact.onnx") in seen


@pytest.mark.parametrize(
    "path",
    [".git/config", ".venv/bin/python", ".env", "tests/conftest.py", "runs/first/checkpoint.safetensors"],
)
def test_what_is_private_or_large_stays_out(path: str) -> None:
    assert FilePatternMatcher.from_file(DOCKERIGNORE)(Path(path))


def test_the_container_may_do_as_little_as_possible(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [entry.partition(":")[0] for entry in service["tmpfs"]] == [stages()[-1].environment["HOME"]]
    assert not {"privileged", "volumes", "cap_add", "network_mode", "user"} & service.keys()


def test_memory_cores_and_processes_are_limited(service: dict[str, Any]) -> None:
    cores, variables = service["cpus"], service["environment"]

    assert service["pids_limit"] == 256
    assert cores == variables["AUDIO_CNN_THREADS"] == variables["AUDIO_CNN_DECODERS"]


def test_the_container_has_room_for_all_that_hostile_files_can_take(service: dict[str, Any]) -> None:
    settings, variables = ServerSettings(), service["environment"]
    decoders_bytes = 2 * variables["AUDIO_CNN_DECODER_BYTES"]
    disk_bytes = 64 * 2**20

    assert service["mem_limit"] == "${AUDIO_CNN_MEMORY:-2560m}"
    assert service["tmpfs"] == ["/tmp:size=64m"]
    assert decoders_bytes + settings.queue_bytes + disk_bytes + SERVER_BYTES <= 2560 * 2**20


def test_the_port_on_the_machine_can_be_chosen_and_is_not_public_unasked(service: dict[str, Any]) -> None:
    assert service["ports"] == ["${AUDIO_CNN_PUBLISH:-127.0.0.1:8000}:8000"]


def test_compose_asks_how_the_image_says(service: dict[str, Any]) -> None:
    assert "test" not in service["healthcheck"]
    assert service["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}


def test_a_stop_leaves_time_to_answer_what_is_under_way(service: dict[str, Any]) -> None:
    settings = ServerSettings()
    grace_s = float(service["stop_grace_period"].removesuffix("s"))

    assert grace_s > settings.drain_s + longest_stay_s(settings) + 1


def test_all_that_is_set_is_a_setting(service: dict[str, Any]) -> None:
    known = {f"AUDIO_CNN_{name.upper()}" for name in ServerSettings.model_fields}

    assert set(service["environment"]) <= known
