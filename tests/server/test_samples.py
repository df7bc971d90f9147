"""Fetching samples where nothing can be fetched."""

from __future__ import annotations

import asyncio
import functools
import threading
from pathlib import Path

import anyio
import pytest
from anyio import to_thread
from file_server import FileServer

from audio_cnn.server.problems import ProblemError
from audio_cnn.server.samples import FETCHES, SampleFiles
from audio_cnn.sounds import SAMPLES, sample_path

FIRST = next(iter(SAMPLES))


def test_what_cannot_be_fetched_is_not_asked_for_again_at_once(
    file_server: FileServer, tmp_path: Path
) -> None:
    file_server.does.statuses = [404] * 5
    base_url = file_server.url.rpartition("/")[0]
    files = SampleFiles(functools.partial(sample_path, base_url=base_url, cache_dir=tmp_path))

    async def ask() -> None:
        for _ in range(3):
            with pytest.raises(ProblemError, match="404") as refused:
                await files.audio(FIRST)
            assert (refused.value.status, refused.value.slug) == (404, "not-at-hand")

    asyncio.run(ask())
    assert len(file_server.does.asked) == 1


def test_slow_fetches_leave_threads_to_others(tmp_path: Path) -> None:
    released = threading.Event()
    clip = tmp_path / "clip.wav"
    clip.write_bytes(b"RIFF")

    def fetch(_id: str) -> Path:
        released.wait(10)
        return clip

    async def ask() -> None:
        files = SampleFiles(fetch)
        async with anyio.create_task_group() as tasks:
            for number in range(60):
                tasks.start_soon(files.audio, list(SAMPLES)[number % len(SAMPLES)])
            await anyio.wait_all_tasks_blocked()
            assert to_thread.current_default_thread_limiter().borrowed_tokens == FETCHES
            made = await files.audio("rain-24")
            released.set()
        assert made is not None
        assert made[0].startswith(b"fLaC")

    asyncio.run(ask())
