"""Speech and music made by other programs than what the network learned from: is it not sure of them?

Voices of eSpeak NG, Flite and Festival read sentences; TiMidity++ plays melodies on sampled instruments.
On Debian: apt-get install espeak-ng flite festival festvox-kallpc16k festvox-us-slt-hts timidity freepats.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from audio_cnn import Classifier
from benchmarks.measure import Row

PROGRAMS = "espeak-ng", "flite", "text2wave", "timidity"
SENTENCES = (
    "Good morning everyone, and welcome to the meeting about the new library building.",
    "Could you please tell me where the nearest train station is?",
    "I have been working on this project for nearly three years now.",
    "Hello, this is a test. Can you hear what I am saying right now?",
    "One, two, three, four, five, six, seven, eight, nine, ten.",
    "Please remember to buy milk, bread, and a dozen eggs on your way home.",
    "The weather tomorrow will be mostly cloudy with a chance of rain in the afternoon.",
    "She closed the window, sat down at the table, and opened the letter very slowly.",
)
VOICES = {
    "flite": ("kal16", "awb", "rms", "slt"),
    "espeak-ng": ("en", "en+f3", "de", "en-us+m7"),
    "text2wave": ("kal_diphone", "cmu_us_slt_arctic_hts"),
}
INSTRUMENTS = (0, 4, 11, 16, 19, 24, 25, 32, 40, 42, 48, 52, 56, 60, 65, 71, 73, 80)  # of General MIDI
SCALES = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
WINDOW_S = 5
TICKS = 480
"""Of MIDI, in a beat."""


def rows() -> list[Row]:
    """How many of either the shipped network is not sure of, and says rightly what they are instead."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return [Row("speech and music by other programs", f"needs {', '.join(missing)}")]
    with tempfile.TemporaryDirectory() as folder:
        return [
            *counted("speech", "sentences by ten voices", speech, Path(folder)),
            *counted("music", "melodies on sampled instruments", music, Path(folder)),
        ]


def counted(kind: str, what: str, sounds: Callable[[Path], Iterator[Path]], folder: Path) -> list[Row]:
    """The share of sounds that are not named with confidence, each heard for one window."""
    classifier = Classifier()
    heard = []
    for path in sounds(folder):
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        soundfile.write(path, samples[: WINDOW_S * rate_hz], rate_hz)
        heard.append(classifier.classify(path))
    unsure = [one for one in heard if one.state == "unsure"]
    like = sum(one.resembles == kind for one in unsure)
    return [
        Row(f"{kind}, {len(heard)} {what}: not sure", f"{len(unsure) / len(heard):.0%}"),
        Row(f"{kind}, of these: like {kind}", f"{like / max(1, len(unsure)):.0%}"),
    ]


def speech(folder: Path) -> Iterator[Path]:
    """Every sentence by every voice."""
    path = folder / "speech.wav"
    for program, voices in VOICES.items():
        for voice in voices:
            for sentence in SENTENCES:
                command = {
                    "flite": ["flite", "-voice", voice, "-t", sentence, "-o", str(path)],
                    "espeak-ng": ["espeak-ng", "-v", voice, "-w", str(path), sentence],
                    "text2wave": ["text2wave", "-eval", f"(voice_{voice})", "-o", str(path)],
                }[program]
                subprocess.run(command, input=sentence.encode(), check=True, capture_output=True)
                yield path


def music(folder: Path) -> Iterator[Path]:
    """Four melodies with chords on every instrument, half of them with drums."""
    path = folder / "music.wav"
    for instrument in INSTRUMENTS:
        for seed in range(4):
            (folder / "music.mid").write_bytes(midi(instrument, np.random.default_rng([instrument, seed])))
            command = ["timidity", "-c", "/etc/timidity/freepats.cfg", "-Ow", "-o", str(path)]
            subprocess.run([*command, str(folder / "music.mid")], check=True, capture_output=True)
            yield path


def midi(instrument: int, rng: np.random.Generator) -> bytes:
    """A standard MIDI file of four bars."""
    scale = SCALES[rng.integers(2)]
    root, drums = int(rng.integers(48, 58)), rng.random() < 0.5
    notes = []  # start and end in half beats, channel, key, velocity
    for bar in range(0, 32, 8):
        chord = int(rng.choice([0, 3, 4, 5]))
        notes += [(bar, bar + 8, 0, root + scale[(chord + i) % 7], 70) for i in (0, 2, 4)]
        notes += [
            (at, at + 1, 0, root + 12 * int(rng.integers(1, 3)) + int(rng.choice(scale)), 100)
            for at in range(bar, bar + 8)
            if rng.random() < 0.75
        ]
        if drums:
            notes += [(at, at + 1, 9, (36, 42, 38, 42)[at % 4], 100) for at in range(bar, bar + 8)]
    events = sorted(
        event
        for start, end, channel, key, velocity in notes
        for event in (
            (start * TICKS // 2, 1, bytes([0x90 | channel, key, velocity])),
            (end * TICKS // 2, 0, bytes([0x80 | channel, key, 0])),
        )
    )
    beat_us = int(rng.integers(450_000, 670_000))
    track = b"\0\xff\x51\x03" + beat_us.to_bytes(3, "big") + bytes([0, 0xC0, instrument])
    last = 0
    for at, _, message in events:
        track += variable_length(at - last) + message
        last = at
    track += b"\0\xff\x2f\0"
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, TICKS, b"MTrk", len(track)) + track


def variable_length(number: int) -> bytes:
    """Seven bits a byte, all but the last with the eighth set."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
