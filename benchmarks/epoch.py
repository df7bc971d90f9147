"""An epoch of training on 1,600 clips, ours and the reference's, from the time of single steps."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

import torch
from torch.nn import functional

from audio_cnn.config import Config, load
from audio_cnn.training.device import choose_device
from audio_cnn.training.loop import train_step
from audio_cnn.training.state import initial_state
from benchmarks.measure import Row, in_turn_s
from benchmarks.reference import BANDS, FRAMES, recipe

CLIPS, CLASSES = 1600, 50
FASTER = 5.0
COMPACT = Path(__file__).parent.parent / "configs" / "compact.toml"


def rows() -> list[Row]:
    """The reference trains in float32 on whole clips; reading its audio is not even counted."""
    compact = load(COMPACT)
    (ours_s,) = in_turn_s(Step(compact, compact.augmentation.crop_frames), runs=8, warm_up=2)
    slow = recipe()
    slow_step = Step(slow, FRAMES, precision="fp32")
    (reference_s,) = in_turn_s(slow_step, runs=3, warm_up=1)
    ours_s *= CLIPS / compact.training.batch
    reference_s *= CLIPS / slow.training.batch
    ratio = reference_s / ours_s
    return [
        Row("reference: epoch", f"{reference_s:.0f} s"),
        Row("epoch", f"{ours_s:.1f} s, {ratio:.0f}x", f"{FASTER:.0f}x", ratio >= FASTER),
    ]


class Step:
    """One optimiser step on a made-up batch."""

    def __init__(self, config: Config, frames: int, precision: Literal["auto", "fp32"] = "auto") -> None:
        training = dataclasses.replace(config.training, precision=precision)
        self.config = dataclasses.replace(config, training=training)
        self.state = initial_state(self.config, CLASSES, 1000, choose_device("cpu"))
        self.log_mel = torch.rand(training.batch, BANDS, frames)
        self.target = functional.one_hot(torch.randint(0, CLASSES, (training.batch,)), CLASSES).float()

    def __call__(self) -> None:
        self.state.network.train()
        train_step(self.state, self.log_mel, self.target, self.config)
