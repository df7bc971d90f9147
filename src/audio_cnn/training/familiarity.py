"""What is strange to a finished network: learned from its training clips and from sounds made by code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig, Config, FrontEnd
from audio_cnn.dataset.cache import quantised
from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.network.activations import recording
from audio_cnn.network.familiarity import summary
from audio_cnn.network.staged import StagedNetwork
from audio_cnn.sounds.outside import OUTSIDE, outside_sound
from audio_cnn.sounds.registry import SYNTHESISERS, synthesise
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.training.batches import seed_epoch
from audio_cnn.training.probe import AT_ONCE, logistic_regression, whole

FIRST_SEED = 1_000
"""Of the sounds learned from; ``evaluate --rejection`` listens to seeds from 0 on."""

FEWER_OF_CLASSES = 5
"""So many times fewer sounds are made of a class than of a kind of no class: there are more classes."""

POOR = AugmentationConfig(
    crop_frames=0,
    roll=False,
    mix="none",
    time_masks=0,
    frequency_masks=0,
    piece_share=0.25,
    room_share=0.25,
    band_limit=0.25,
    noise_db=70.0,
    noise_share=0.25,
)
"""What becomes of the copies of training clips that are known as well."""

GROUP_SHARES = 1.0, 1.0, 1.0, 3.0
"""What clips, their poor copies, made sounds of classes and made sounds of none count, each in all."""

KNOWN, OUTSIDER = 0, 1
DECAY = 4e-3


@torch.no_grad()
def learn_familiarity(network: nn.Module, examples: Examples, rows: Int64Array, config: Config) -> bool:
    """Let the network's ``familiarity`` learn to tell the clips ``rows`` from sounds of no class.

    Made sounds differ from recordings in more than their kind, so made sounds of the classes count as known,
    and so does a poor copy of each clip: cut short, in a room, without treble, or in noise.

    False where nothing is learned: the network has no such part, has learned before, or has come to grief and
    gives no finite numbers; or the recipe asks for no sound to learn from.
    """
    if not isinstance(network, StagedNetwork) or network.familiarity is None:
        return False
    strangeness = network.familiarity.strangeness
    if strangeness.learned or config.training.made_sounds < 1:
        return False
    made = made_sounds(config.front_end, examples.class_names, config.training.made_sounds)
    device = next(network.parameters()).device
    heard = (
        wholes(examples, rows, device),
        poor_copies(wholes(examples, rows, device), config),
        wholes(made, np.arange(len(made)), device),
    )
    vectors = torch.cat([summaries(network, log_mels) for log_mels in heard])
    if not torch.isfinite(vectors).all():
        return False
    group = torch.cat([torch.arange(2).repeat_interleave(len(rows)), 2 + torch.from_numpy(made.target)])
    share = (torch.tensor(GROUP_SHARES) / torch.bincount(group, minlength=len(GROUP_SHARES)))[group]
    target = torch.where(group == len(GROUP_SHARES) - 1, OUTSIDER, KNOWN)
    with torch.enable_grad():
        matrix, bias = logistic_regression(vectors, target, share / share.sum(), 2, DECAY)
    strangeness.weight.copy_(matrix[OUTSIDER] - matrix[KNOWN])
    strangeness.bias.copy_(bias[OUTSIDER] - bias[KNOWN])
    return True


@torch.no_grad()
def strangeness_of(
    network: nn.Module, examples: Examples, rows: Int64Array
) -> npt.NDArray[np.float32] | None:
    """How strange the clips ``rows`` are to it, float32 [N]; None where it cannot tell."""
    if not isinstance(network, StagedNetwork) or network.familiarity is None:
        return None
    log_mels = wholes(examples, rows, next(network.parameters()).device)
    (strangeness,) = recorded(network, ["familiarity.strangeness"], log_mels)
    return strangeness.numpy()


def wholes(examples: Examples, rows: Int64Array, device: torch.device) -> Iterator[Tensor]:
    """Clips as they are, in batches float32 [n, M, F] in 0..1."""
    for start in range(0, len(rows), AT_ONCE):
        yield whole(examples, rows[start : start + AT_ONCE], device)


def poor_copies(log_mels: Iterable[Tensor], config: Config) -> Iterator[Tensor]:
    """The same of each batch of clips when recorded badly; chance follows from the recipe's seed."""
    for number, log_mel in enumerate(log_mels):
        with torch.random.fork_rng():
            seed_epoch(config.training.seed, number)
            poor, _ = augment(
                log_mel, log_mel.new_zeros(len(log_mel), 1), POOR, range_db=config.front_end.top_db
            )
        yield poor


def summaries(network: StagedNetwork, log_mels: Iterable[Tensor]) -> Tensor:
    """What ``familiarity`` goes by: float32 [N, D]."""
    return torch.cat(recorded(network, network.layer_names, log_mels, summary), dim=1)


def recorded(
    network: nn.Module,
    names: Sequence[str],
    log_mels: Iterable[Tensor],
    reduced: Callable[[Tensor], Tensor] = Tensor.cpu,
) -> list[Tensor]:
    """What each of the modules of these names gives for batches [n, M, F], on the CPU, a row a clip.

    Args:
        reduced: what is kept of each batch, as maps of many clips fill the memory.
    """
    network.eval()
    parts: dict[str, list[Tensor]] = {name: [] for name in names}
    for log_mel in log_mels:
        with recording(network, names) as given:
            network(log_mel)
        for name in names:
            parts[name].append(reduced(given[name]).cpu())
    return [torch.cat(of_name) for of_name in parts.values()]


@lru_cache(maxsize=1)
def made_sounds(front_end: FrontEnd, class_names: tuple[str, ...], a_kind: int) -> Examples:
    """Sounds of the classes, as far as code can make them, and of none: the same each time.

    Args:
        a_kind: how many of each kind of no class.
    """
    classes = [name for name in class_names if name in SYNTHESISERS]
    kinds = [kind for kind in OUTSIDE if kind not in class_names]
    of_class = range(FIRST_SEED, FIRST_SEED + -(-a_kind // FEWER_OF_CLASSES))
    of_none = range(FIRST_SEED, FIRST_SEED + a_kind)
    sounds = [(name, seed, KNOWN) for name in classes for seed in of_class]
    sounds += [(kind, seed, OUTSIDER) for kind in kinds for seed in of_none]
    log_mel = LogMel(front_end).eval()
    maps = []
    for name, seed, target in sounds:
        make = synthesise if target == KNOWN else outside_sound
        samples = make(name, seed, front_end.sample_rate_hz, front_end.window_s)
        maps.append(quantised(log_mel, samples[None]))
    return Examples(
        log_mel=np.concatenate(maps)[None],
        target=np.array([target for *_, target in sounds]),
        fold=np.ones(len(sounds), dtype=np.int64),
        files=tuple(f"{name}-{seed}" for name, seed, _ in sounds),
        class_names=("of a class", "of none"),
    )
