"""The Dockerfile, as far as this project uses the language, its context, and tools that judge it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from conftest import REPOSITORY
from modal import FilePatternMatcher

DOCKERFILE = REPOSITORY / "deploy" / "Dockerfile"
COMPOSE_FILE = REPOSITORY / "deploy" / "compose.yaml"
DOCKERIGNORE = REPOSITORY / ".dockerignore"
MOUNT = re.compile(r"--mount=\S+\s+")


@dataclass(frozen=True)
class Instruction:
    """One instruction, its lines joined."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Of the exec form (a JSON list, after any options), or else of the line."""
        found = re.search(r"\[.*\]$", self.text)
        return json.loads(found[0]) if found else shlex.split(self.text)


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def every(self, name: str) -> list[Instruction]:
        """All instructions of a kind, in order."""
        return [one for one in self.instructions if one.name == name]

    def only(self, name: str) -> Instruction:
        """The one instruction of a kind."""
        (one,) = self.every(name)
        return one

    @property
    def commands(self) -> list[str]:
        """What RUN gives to the shell."""
        return [MOUNT.sub("", one.text) for one in self.every("RUN")]

    @property
    def environment(self) -> dict[str, str]:
        """Variables set with ENV."""
        pairs = [word.partition("=") for one in self.every("ENV") for word in one.words]
        return {name: value for name, _equals, value in pairs}


@cache
def stages() -> tuple[Stage, ...]:
    """The Dockerfile's stages, in order."""
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", "")
    instructions = [
        Instruction(name, " ".join(rest.split()))
        for name, _space, rest in (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    ]
    starts = [index for index, one in enumerate(instructions) if one.name == "FROM"]
    ends = [*starts[1:], len(instructions)]
    return tuple(
        _stage(instructions[start], instructions[start + 1 : end])
        for start, end in zip(starts, ends, strict=True)
    )


def stage(name: str) -> Stage:
    """The stage of that name."""
    (found,) = [one for one in stages() if one.name == name]
    return found


def copied_from_context() -> list[str]:
    """What any stage takes from the checkout."""
    copies = [copy for one in stages() for copy in one.every("COPY") if "--from=" not in copy.text]
    return [word for copy in copies for word in copy.words[:-1]]


def _stage(begin: Instruction, instructions: list[Instruction]) -> Stage:
    words = [word for word in begin.words if not word.startswith("--platform=")]
    base, _as, name = (*words, "", "")[:3]
    return Stage(base, name, tuple(instructions))


@cache
def build_context() -> frozenset[PurePosixPath]:
    """Files that .dockerignore lets the build see; Modal's client happens to read the same language."""
    everything, *others = [line for line in DOCKERIGNORE.read_text().splitlines() if not line.startswith("#")]
    assert everything == "*"
    tops = [REPOSITORY / line.removeprefix("!") for line in others if line.startswith("!")]
    ignored = FilePatternMatcher.from_file(DOCKERIGNORE)
    files = [path for top in tops for path in (top, *top.rglob("*")) if path.is_file()]
    seen = [path.relative_to(REPOSITORY) for path in files]
    return frozenset(PurePosixPath(path) for path in seen if not ignored(path))


def tool(name: str) -> str:
    """A command of this environment."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found, f"{name} is part of the dev extra"
    return found
