"""A training of one's own classes that starts from a finished network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from audio_cnn.config import Config, FineTuningConfig
from audio_cnn.dataset.recordings import HELD_OUT, LEARNED_FROM, Recordings
from audio_cnn.errors import ConfigError
from audio_cnn.training.base import Base
from audio_cnn.training.batches import Float64Array, Sampling
from audio_cnn.training.loop import CHECKPOINT_NAME, Run
from audio_cnn.training.probe import Progress, with_new_head


def further_training(
    base: Base,
    recipe: Config,
    recordings: Recordings,
    folder: Path,
    device: torch.device,
    progress: Progress | None = None,
) -> Run:
    """A run over all layers of the base, its last one replaced and fitted first.

    Raises:
        ConfigError: the base does not end in a linear layer, or the recipe makes no sense.
    """
    examples, weight = recordings.examples, balanced(recordings)
    start = None
    if not (folder / CHECKPOINT_NAME).exists():  # which holds all the weights there are
        rows = examples.rows([LEARNED_FROM])
        start = with_new_head(base.file.network, recipe, examples, rows, weight, device, progress)
    return Run(
        config=recipe,
        examples=examples,
        folds=(LEARNED_FROM,),
        validate_fold=HELD_OUT if HELD_OUT in examples.folds else None,
        folder=folder,
        device=device,
        start=start,
        sampling=Sampling(weight, draws(weight, recipe.fine_tuning)),
        origin=origin(base, recordings),
    )


def balanced(recordings: Recordings) -> Float64Array:
    """How likely each window is drawn, float64 [rows]; those of held-out clips never are.

    Classes alike, in a class its recordings alike, in a recording its clips, in a clip its windows.
    """
    target, source, learned = recordings.target, recordings.source, recordings.fold == LEARNED_FROM
    in_class = target * (source.max() + 1) + source
    recording, which, clips = np.unique(in_class[learned], return_inverse=True, return_counts=True)
    recordings_of = np.bincount(recording // (source.max() + 1))
    share = np.zeros(len(target))
    share[learned] = 1 / recordings_of[target[learned]] / clips[which]
    weight: Float64Array = (share / np.bincount(recordings.clip))[recordings.clip]
    return weight


def draws(weight: Float64Array, config: FineTuningConfig) -> int:
    """Windows an epoch.

    Raises:
        ConfigError: limits that make no sense.
    """
    if config.fewest_draws > config.most_draws:
        raise ConfigError("fine_tuning.most_draws must be no less than fewest_draws")
    return int(np.clip(np.count_nonzero(weight), config.fewest_draws, config.most_draws))


def origin(base: Base, recordings: Recordings) -> dict[str, Any]:
    """What the network's record says of where it comes from."""
    learned, out = (int((recordings.fold == fold).sum()) for fold in (LEARNED_FROM, HELD_OUT))
    count = len(recordings.class_names)
    return {
        **base.origin,
        "data": f"{count} classes of one's own: {learned} clips learned from, {out} held out",
        "data_sha256": recordings.digest,
        "limits": f"Knows {count} classes and names one of them whatever it hears.",
    }
