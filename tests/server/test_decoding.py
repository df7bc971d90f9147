"""Decoders in processes of their own: killed, choked or starved, the next file is decoded all the same."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import numpy as np
import pytest
from made_data import RATE_HZ, class_sound, wav_bytes
from serving import has_ended, processes_of

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioTooLargeError, CorruptAudioError, NotAudioError
from audio_cnn.server import decoder, decoder_process, slate
from audio_cnn.server.decoding import Decoders

pytestmark = pytest.mark.slow

SOUND = class_sound("dog", seed=1)
MEMORY_BYTES = 2**30
FILE = wav_bytes(SOUND, format_="FLAC")  # of a plain WAV no decoder would see anything


def with_decoders(action: Callable[[Decoders], Awaitable[None]], *, seconds: float = 5.0) -> None:
    """Run something with two decoders."""

    async def main() -> None:
        decoders = Decoders(2, limits=AudioLimits(), seconds=seconds, memory_bytes=MEMORY_BYTES)
        await decoders.start()
        try:
            await asyncio.wait_for(action(decoders), 30)
        finally:
            decoders.close()

    asyncio.run(main())


def processes() -> set[int]:
    """That this one and its own have started, and that still run."""
    return {pid for pid in processes_of(os.getpid()) if not has_ended(pid)}


def kill_own_process(*_: object) -> None:
    """In a decoder: end as the system ends what takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_long(*_: object) -> None:
    """In a decoder: be stuck."""
    import time

    time.sleep(60)


def prepare_elsewhere(memory_bytes: int, _slate: slate.Handle | None) -> tuple[int, bool]:
    """In a decoder: get ready, but for a slate that cannot be reached."""
    return decoder_process.prepare(memory_bytes, slate.Handle(owner=0, descriptor=0))


def decode_and_print_much(*arguments: Any) -> object:
    """In a decoder: as with a library that has much to say of a damaged file."""
    answer = decoder_process.decoded(*arguments)
    os.write(2, bytes(2**20))
    return answer


def take_memory(*_: object) -> int:
    """In a decoder: fill the memory as far as it goes."""
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    assert most == MEMORY_BYTES
    try:
        return len(bytearray(2 * most))
    except MemoryError:
        raise AudioTooLargeError("it takes too much memory to decode", limit="memory") from None


def test_samples_come_back_whole() -> None:
    async def decode(decoders: Decoders) -> None:
        samples = await decoders.samples(FILE, RATE_HZ)
        assert samples.dtype == np.float32
        np.testing.assert_allclose(samples, SOUND, atol=1e-4)

    with_decoders(decode)


def test_a_plain_wav_needs_no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_process, "decoded", kill_own_process)

    async def decode(decoders: Decoders) -> None:
        np.testing.assert_allclose(await decoders.samples(wav_bytes(SOUND), RATE_HZ), SOUND, atol=1e-4)

    with_decoders(decode)


@pytest.mark.parametrize(
    ("data", "rate_hz"),
    [(FILE, RATE_HZ), (wav_bytes(SOUND), 2 * RATE_HZ), (wav_bytes(np.resize(SOUND, 600_000)), RATE_HZ)],
    ids=["another format", "another rate", "long"],
)
def test_anything_else_does(monkeypatch: pytest.MonkeyPatch, data: bytes, rate_hz: int) -> None:
    monkeypatch.setattr(decoder_process, "decoded", kill_own_process)

    async def decode(decoders: Decoders) -> None:
        with pytest.raises(CorruptAudioError, match="two decoders in a row"):
            await decoders.samples(data, rate_hz)

    with_decoders(decode)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of Linux")
@pytest.mark.parametrize("seconds", [1, 100])
def test_short_sounds_come_through_shared_memory_and_long_ones_as_well(seconds: int) -> None:
    """Within and beyond what a slate holds; one after the other, so that nothing of the last sound stays."""

    async def decode(decoders: Decoders) -> None:
        assert all(decoder._slate for decoder in decoders._decoders)
        for level in (0.5, 0.25):
            sound = np.tile(np.array([level, -level], np.float32), seconds * RATE_HZ // 2)
            samples = await decoders.samples(wav_bytes(sound, format_="FLAC"), RATE_HZ)
            np.testing.assert_allclose(samples, sound, atol=1e-4)
        assert all(decoder._slate for decoder in decoders._decoders)

    with_decoders(decode)


def test_without_shared_memory_sounds_come_through_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "new_slate", lambda: None)

    async def decode(decoders: Decoders) -> None:
        np.testing.assert_allclose(await decoders.samples(FILE, RATE_HZ), SOUND, atol=1e-4)

    with_decoders(decode)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of Linux")
def test_shared_memory_that_a_decoder_cannot_reach_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a system keeps processes from each other's files."""
    monkeypatch.setattr(decoder_process, "prepare", prepare_elsewhere)

    async def decode(decoders: Decoders) -> None:
        assert not any(decoder._slate for decoder in decoders._decoders)
        np.testing.assert_allclose(await decoders.samples(FILE, RATE_HZ), SOUND, atol=1e-4)

    with_decoders(decode)


def test_errors_come_back_with_all_they_say() -> None:
    async def decode(decoders: Decoders) -> None:
        with pytest.raises(NotAudioError, match="no known audio format"):
            await decoders.samples(b"text", RATE_HZ)
        with pytest.raises(AudioTooLargeError) as raised:
            await decoders.samples(wav_bytes(np.zeros((10, 17), np.float32)), RATE_HZ)
        assert raised.value.limit == "channels"

    with_decoders(decode)


def test_every_decoder_is_started_beforehand() -> None:
    async def count(decoders: Decoders) -> None:
        assert len(decoders.pids) == 2

    with_decoders(count)


def test_a_decoder_killed_while_idle_costs_nobody_an_answer() -> None:
    async def kill(decoders: Decoders) -> None:
        for pid in decoders.pids:
            os.kill(pid, signal.SIGKILL)
        for _ in range(4):
            assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)

    with_decoders(kill)


def test_what_a_library_prints_stops_no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that replaces another."""
    monkeypatch.setattr(decoder_process, "decoded", decode_and_print_much)

    async def decode(decoders: Decoders) -> None:
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)
        for pid in decoders.pids:
            os.kill(pid, signal.SIGKILL)
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)

    with_decoders(decode)


def test_what_kills_every_decoder_is_to_blame_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async def kill(decoders: Decoders) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(decoder_process, "decoded", kill_own_process)
            with pytest.raises(CorruptAudioError, match="two decoders in a row"):
                await decoders.samples(b"deadly", RATE_HZ)
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)

    with_decoders(kill)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stick(decoders: Decoders) -> None:
        before = decoders.pids
        with monkeypatch.context() as patch:
            patch.setattr(decoder_process, "decoded", sleep_long)
            with pytest.raises(CorruptAudioError, match=r"within 0\.5 s"):
                await decoders.samples(b"sticky", RATE_HZ)
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)
        assert len(before - decoders.pids) == 1

    with_decoders(stick, seconds=0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="the list of a process's children")
def test_who_goes_away_while_a_decoder_starts_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ends the decoders that are there, the others come while new ones start."""

    async def go_away(decoders: Decoders) -> None:
        others = processes() - decoders.pids
        with monkeypatch.context() as patch:
            patch.setattr(decoder_process, "decoded", sleep_long)
            for _ in range(8):
                with anyio.move_on_after(0.05):
                    await decoders.samples(FILE, RATE_HZ)
        deadline = time.monotonic() + 10
        while len(processes() - others) > 2:  # one that was ended takes a moment
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)

    with_decoders(go_away)


def test_waiting_for_a_turn_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crowd(decoders: Decoders) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(40):
                tasks.start_soon(decoders.samples, wav_bytes(np.resize(SOUND, 40 * RATE_HZ), 44_100), RATE_HZ)

    with_decoders(crowd, seconds=1.0)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of Linux")
def test_what_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fill(decoders: Decoders) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(decoder_process, "decoded", take_memory)
            with pytest.raises(AudioTooLargeError, match="memory"):
                await decoders.samples(b"greedy", RATE_HZ)
        assert len(await decoders.samples(FILE, RATE_HZ)) == len(SOUND)

    with_decoders(fill)
