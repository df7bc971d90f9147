"""Small data sets with a known content: tones, one frequency for each class."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio_cnn.config import Config, FrontEnd, override

Samples = NDArray[np.float32]

RATE_HZ = 8_000
FOLDS = (1, 2, 3, 4, 5)
CLASS_HZ = {"dog": 400.0, "rooster": 1_000.0, "pig": 2_500.0}
CLASSES = tuple(CLASS_HZ)
TAKES = "AB"

TINY_SETTINGS = (
    "name=tiny",
    f"front_end.sample_rate_hz={RATE_HZ}",
    "front_end.window_s=1.0",
    "front_end.n_fft=512",
    "front_end.hop_samples=128",
    "front_end.mel_bands=32",
    "front_end.fmax_hz=4000.0",
    "front_end.frames=63",
    "front_end.frames_span=63.0",
    "network.blocks=[1, 1]",
    "network.channels=[8, 16]",
    "network.stem_kernel=3",
    "network.pooling=mean+max",
    "network.squeeze=0",
    "network.smooth_shortcut=false",
    "network.familiarity=true",
    "training.made_sounds=5",
    "augmentation.crop_frames=32",
    "augmentation.tempo=0.0",
    "augmentation.pitch_bands=0.0",
    "augmentation.unmixed_share=0.0",
    "augmentation.time_mask_frames=4",
    "augmentation.frequency_masks=0",
    "augmentation.mix_share=0.7",
    "augmentation.equaliser_db=0.0",
    "augmentation.poor_from=start",
    "augmentation.piece_share=0.0",
    "augmentation.room_share=0.0",
    "augmentation.band_limit=0.0",
    "augmentation.noise_db=0.0",
    "augmentation.noise_share=1.0",
    "augmentation.variant_share=0.75",
    "training.epochs=2",
    "training.batch=8",
    "training.max_lr=0.01",
    "training.weight_decay=0.01",
    "training.ema_decay=0.9",
    "training.validate_every=2",
    "training.precision=fp32",
    "training.ending_epochs=0",
    "training.ending_lr=0.0003",
)
"""``--set`` texts of a recipe that trains in a blink, on top of the packaged one or of the defaults."""


def tiny_config(*settings: str) -> Config:
    """The tiny recipe, with single settings changed."""
    return override(Config(), [*TINY_SETTINGS, *settings])


FAMILY_SETTINGS: dict[str, tuple[str, ...]] = {
    "resnet": ("network.blocks=[1, 2]",),
    "mobilenet": ("network.family=mobilenet", "network.blocks=[1, 2]", "network.expansion=3"),
    "efficientnet": (
        "network.family=efficientnet",
        "network.expansion=3",
        "network.squeeze=2",
        "network.scale=1.0",  # to blocks [2, 2]
    ),
    "attention": ("network.family=attention", "network.blocks=[1, 2]", "network.heads=2"),
}
"""What makes the tiny recipe one of each family."""


def set_options(*settings: str) -> list[str]:
    """The tiny recipe as options of the command line."""
    return [part for text in (*TINY_SETTINGS, *settings) for part in ("--set", text)]


def sine(hz: float, *, seconds: float = 1.0, rate_hz: int = RATE_HZ, amplitude: float = 0.5) -> Samples:
    """float32 [T]"""
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def noise(samples: int, *, amplitude: float = 0.1, seed: int = 0) -> Samples:
    """White noise, float32 [T]."""
    return (amplitude * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


def knocks(seed: int, seconds: float = 0.8) -> Samples:
    """Bursts of noise at random moments: no two recordings are alike."""
    generator = np.random.default_rng(seed)
    level = np.repeat(generator.choice([0.02, 1.0], round(20 * seconds)), RATE_HZ // 20)
    return (level * noise(len(level), amplitude=0.2, seed=seed)).astype(np.float32)


def class_sound(name: str, seed: int, *, seconds: float = 1.0) -> Samples:
    """The class's tone, a little off, in noise 40 dB below it."""
    generator = np.random.default_rng(seed)
    tone = sine(CLASS_HZ[name] * generator.uniform(0.97, 1.03), seconds=seconds)
    return (tone + noise(len(tone), amplitude=0.005, seed=seed)) * np.float32(generator.uniform(0.3, 1))


def write_wav(path: Path, samples: Samples, rate_hz: int = RATE_HZ) -> Path:
    """16-bit WAV, its folder made where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate_hz, subtype="PCM_16")
    return path


def wav_bytes(samples: Samples, rate_hz: int = RATE_HZ, *, format_: str = "WAV") -> bytes:
    """A sound file in memory."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=format_)
    return file.getvalue()


@dataclass(frozen=True)
class MadeClip:
    """One clip of the made data set."""

    name: str
    label: str
    target: int
    fold: int
    samples: Samples


def made_clips() -> list[MadeClip]:
    """Six clips a fold: two takes of one source for each of three classes."""
    clips = []
    for fold in FOLDS:
        for target, label in enumerate(CLASSES):
            for take in TAKES:
                samples = class_sound(label, seed=len(clips))
                name = f"{fold}-{1000 * fold + target}-{take}-{target}.wav"
                clips.append(MadeClip(name, label, target, fold, samples))
    return clips


def write_esc50_tree(folder: Path) -> Path:
    """The layout of ESC-50: ``audio/`` and ``meta/esc50.csv``."""
    (folder / "meta").mkdir(parents=True)
    with (folder / "meta" / "esc50.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", "fold", "target", "category", "esc10", "src_file", "take"])
        for clip in made_clips():
            source, take = clip.name.split("-")[1:3]
            writer.writerow([clip.name, clip.fold, clip.target, clip.label, "False", source, take])
            write_wav(folder / "audio" / clip.name, clip.samples)
    return folder


def write_class_tree(folder: Path) -> Path:
    """One sub-folder for each class, the same clips."""
    for clip in made_clips():
        write_wav(folder / clip.label / clip.name, clip.samples)
    return folder


OWN_HZ = {"beep": 1_800.0, "hum": 250.0, "whistle": 3_200.0}


def write_own_tree(folder: Path, recordings: int = 6) -> Path:
    """Classes of one's own: other tones, each recording by itself."""
    for kind, (name, hz) in enumerate(OWN_HZ.items()):
        for i in range(recordings):
            seed = 1_000 * (kind + 1) + i
            tone = sine(hz * np.random.default_rng(seed).uniform(0.95, 1.05), seconds=0.7 + 0.1 * i)
            write_wav(folder / name / f"recording{i}.wav", tone + noise(len(tone), amplitude=0.02, seed=seed))
    return folder


def write_feature_file(path: Path, front_end: FrontEnd) -> Path:
    """The log-mels of the same clips, as a feature file."""
    import torch

    from audio_cnn.spectrogram.log_mel import LogMel

    clips = made_clips()
    log_mel, _range_db = LogMel(front_end)(torch.from_numpy(np.stack([clip.samples for clip in clips])))
    np.savez(
        path,
        log_mel=(log_mel * 255).round().to(torch.uint8).numpy(),
        target=np.array([clip.target for clip in clips]),
        fold=np.array([clip.fold for clip in clips]),
        filename=np.array([clip.name for clip in clips]),
    )
    return path
