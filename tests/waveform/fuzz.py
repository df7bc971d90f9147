"""Decode files that were damaged in every way; run as a child process, because decoders are C.

    python fuzz.py --seed 0 --count 300            a summary as JSON on standard output
    python fuzz.py --seed 0 --first 123 --count 1 --save /tmp/case    one of them again

Each case follows from the seed and its number alone. The number is on standard error before it is
decoded, so the last one there is the one that crashed the interpreter; a hang ends with a traceback.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from sound_files import FORMATS, sine

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError
from audio_cnn.waveform import decode

HANG_S = 20.0
LIMITS = AudioLimits(decoded_s=20.0)
MONO_ONLY = ("wav-gsm", "amr")
TELLING_NUMBERS = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1_000_000)


def corpus() -> list[bytes]:
    """One short mono file of each format, a stereo one where the encoder takes it, and one with tags."""
    files = []
    for key, kind in FORMATS.items():
        rate_hz = kind.rates_hz[0]
        sound = sine(rate_hz, seconds=0.4) + sine(rate_hz, seconds=0.4, hz=1_000, amplitude=0.2)
        files.append(kind.encode(sound, rate_hz))
        if key not in MONO_ONLY:
            files.append(kind.encode(np.stack([sound, -sound], axis=1), rate_hz))
    tag = b"ID3\x04\x00\x00\x00\x00\x01\x00TIT2\x00\x00\x00\x05\x00\x00\x00name".ljust(138, b"\0")
    files.append(tag + FORMATS["mp3"].encode(sine(44_100, seconds=0.4), 44_100))
    return files


def damaged(files: list[bytes], rng: random.Random) -> bytes:
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        data = rng.choice(DAMAGES)(data, files, rng)
    return bytes(data)


def _place(data: bytearray, rng: random.Random) -> int:
    """Anywhere, but half of the time in the headers, and seldom in the mark that names the kind."""
    end = max(1, min(len(data), rng.choice((64, 256, 1024, len(data), len(data), len(data)))))
    start = min(end - 1, rng.choice((0, 12, 12, 12)))
    return rng.randrange(start, end)


def flip_bits(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    for _ in range(rng.choice((1, 1, 2, 5, 20, 100)) if data else 0):
        data[_place(data, rng)] ^= 1 << rng.randrange(8)
    return data


def cut_short(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    return data[: _place(data, rng)] if data else data


def put_number(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    if data:
        at, size = _place(data, rng), rng.choice((1, 2, 4, 8))
        number = rng.choice((*TELLING_NUMBERS, len(data), rng.getrandbits(32)))
        raw = (number % (1 << 8 * size)).to_bytes(size, rng.choice(("big", "little")))
        data[at : at + size] = raw
    return data


def overwrite(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    if data:
        at, size = _place(data, rng), rng.choice((4, 32, 500))
        data[at : at + size] = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
    return data


def splice(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    other = rng.choice(files)
    start = rng.randrange(len(other))
    piece = other[start : start + rng.choice((16, 200, 4_000, len(other)))]
    at = _place(data, rng) if data else 0
    return data[:at] + piece + data[at + rng.choice((0, len(piece))) :]


def repeat_piece(data: bytearray, files: list[bytes], rng: random.Random) -> bytearray:
    at, size = _place(data, rng) if data else 0, rng.choice((4, 16, 100, 2_000))
    return data[:at] + data[at : at + size] * rng.choice((0, 2, 3)) + data[at + size :]


DAMAGES = (flip_bits, flip_bits, cut_short, put_number, put_number, overwrite, splice, repeat_piece)


def outcome(data: bytes) -> str:
    """Name of what came of it; anything but a sane waveform or an ``AudioError`` is raised."""
    try:
        waveform = decode(data, limits=LIMITS)
    except AudioError as error:
        return type(error).__name__
    samples = waveform.samples
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert samples.size
    assert samples.flags.c_contiguous
    assert np.isfinite(samples).all()
    return "decoded"


def peak_memory_kib() -> int:
    """Most memory this process has held; ``ru_maxrss`` counts what it was forked from, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    faulthandler.enable()
    files, outcomes, slowest = corpus(), Counter[str](), (0.0, -1)
    for number in range(options.first, options.first + options.count):
        data = damaged(files, random.Random(f"{options.seed}:{number}"))
        if options.save:
            options.save.write_bytes(data)
        print(number, file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        started_s = time.perf_counter()
        outcomes[outcome(data)] += 1
        slowest = max(slowest, (time.perf_counter() - started_s, number))
        faulthandler.cancel_dump_traceback_later()
    peak_kib = peak_memory_kib()
    print(
        json.dumps(
            {
                "outcomes": outcomes,
                "slowest_s": round(slowest[0], 3),
                "slowest_case": slowest[1],
                "peak_mib": peak_kib // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
