"""What a tag sets going: workflows that are such, notes of its version, a wheel with all that it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import REPOSITORY
from container_files import tool

from audio_cnn import __version__

SCRIPT = REPOSITORY / "deploy" / "release_notes.py"
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
CHANGES = "## [{version}] - 2026-01-31\n\n- It hears.\n\n### Fixed\n\n- Ears.\n"


def noted(folder: Path, tag: str, changelog: str) -> subprocess.CompletedProcess[str]:
    """The script's answer in a checkout with that changelog."""
    package = folder / "src" / "audio_cnn" / "__init__.py"
    package.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / "src" / "audio_cnn" / "__init__.py", package)
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    (folder / "deploy").mkdir()
    script = shutil.copy(SCRIPT, folder / "deploy")
    return subprocess.run([sys.executable, script, tag], capture_output=True, text=True)


def test_the_notes_are_the_section_of_the_version(tmp_path: Path) -> None:
    older = CHANGES.format(version="0.0.9").replace("hears", "listens")
    changelog = "\n".join(["# Changelog\n", CHANGES.format(version=__version__), older])
    done = noted(tmp_path, f"v{__version__}", changelog)

    assert (done.returncode, done.stdout) == (0, "- It hears.\n\n### Fixed\n\n- Ears.\n")


@pytest.mark.parametrize(
    ("tag", "changelog", "reason"),
    [
        (
            "v99.0.0",
            CHANGES.format(version=__version__),
            f"the tag is v99.0.0, but .* {re.escape(__version__)}",
        ),
        (f"v{__version__}", CHANGES.format(version="Unreleased"), "still called Unreleased"),
        (f"v{__version__}", CHANGES.format(version=f"{__version__}7"), "says nothing"),
        (f"v{__version__}", CHANGES.format(version=f"{__version__}-rc1"), "says nothing"),
        (f"v{__version__}", f"## {__version__}\n\n## 0.0.9\n\n- Old.\n", "says nothing"),
    ],
)
def test_what_does_not_agree_is_not_released(tmp_path: Path, tag: str, changelog: str, reason: str) -> None:
    done = noted(tmp_path, tag, changelog)

    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(reason, done.stderr)


@pytest.mark.slow
def test_the_workflows_are_such() -> None:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([tool("check-jsonschema"), *schema, *WORKFLOWS], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_what_workflows_make_can_be_made(workflow: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    wanted = re.findall(r"run: make (\S+)", workflow.read_text(encoding="utf-8"))

    assert wanted
    assert [verb for verb in wanted if not re.search(rf"^{verb}:", makefile, re.MULTILINE)] == []


@pytest.mark.long
def test_a_wheel_has_models_sounds_page_and_licences(tmp_path: Path) -> None:
    source = REPOSITORY / "src"
    if not (source / "audio_cnn" / "server" / "page" / "index.html").exists():
        pytest.skip("the page is not built here")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    subprocess.run([*build, str(REPOSITORY)], check=True)
    (wheel,) = tmp_path.iterdir()
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}

    assert wheel.name == f"audio_cnn-{__version__}-py3-none-any.whl"
    assert {name for name in here if "__pycache__" not in name} <= names
    assert {f"audio_cnn-{__version__}.dist-info/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= names
