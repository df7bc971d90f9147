"""What is strange to a finished network: learned from its training clips and from sounds made by code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig, Config
from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.evaluation.belief import USUAL
from audio_cnn.network.activations import recording
from audio_cnn.network.base import Network
from audio_cnn.network.familiarity import KINDS, RULED_OUT, Strangeness, of_any_kind, summary
from audio_cnn.sounds.outside import kinds_of_none
from audio_cnn.training.batches import seed_epoch
from audio_cnn.training.logistic_regression import logistic_regression
from audio_cnn.training.made_sounds import KNOWN, made_sounds
from audio_cnn.training.scoring import whole_clips

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
"""What may become of the copies of training clips that are known as well: 0.75^4 of them stay as they are."""

GROUP_SHARES = 1.0, 1.0, 1.0, 3.0
"""What clips, their poor copies, made sounds of classes and made sounds of none count, each in all."""

DECAY = 4e-3
"""Of the squared weights of the regression."""

OF_A_KIND = 5.0
"""Log-odds beyond the usual from which a sound seems to be of a kind; those made of a kind have 7 or more."""


@torch.no_grad()
def learn_familiarity(network: nn.Module, examples: Examples, rows: Int64Array, config: Config) -> bool:
    """Let the network's ``familiarity`` learn to tell the clips ``rows`` from sounds of no class, by kind.

    Made sounds differ from recordings in more than their kind, so made sounds of the classes count as known,
    and so does a copy of each clip that is poor by chance: cut short, in a room, without treble, or in noise;
    three in ten stay as they are.

    False where nothing is learned: the network has no such part, has learned before, or gives no finite
    numbers; or the recipe asks for no sounds to learn from.
    """
    if not isinstance(network, Network) or network.familiarity is None:
        return False
    strangeness = network.familiarity.strangeness
    if strangeness.learned or config.training.made_sounds < 1:
        return False
    made = made_sounds(config.front_end, examples.class_names, config.training.made_sounds)
    device = next(network.parameters()).device
    heard = (
        whole_clips(examples, rows, device),
        poor_copies(whole_clips(examples, rows, device), config),
        whole_clips(made, np.arange(len(made)), device),
    )
    vectors = torch.cat([summaries(network, log_mels) for log_mels in heard])
    if not torch.isfinite(vectors).all():
        return False
    of_made = torch.from_numpy(made.target)
    target = torch.cat([torch.full((2 * len(rows),), KNOWN), of_made])
    clips = torch.arange(2).repeat_interleave(len(rows))
    group = torch.cat([clips, 2 + (of_made != KNOWN).long()])  # as in GROUP_SHARES
    share = (torch.tensor(GROUP_SHARES) / torch.bincount(group, minlength=len(GROUP_SHARES)))[group]
    with torch.enable_grad():
        tell_apart(strangeness, vectors, target, share / share.sum())
    return True


@torch.no_grad()
def extend_familiarity(network: nn.Module, examples: Examples) -> bool:
    """Let sounds of other classes than those it was learned with be as usual as these.

    A kind is ruled out that a class is called after, or that half of a class's clips seem to be of. Of the
    other kinds, as much is usual as nearly all clips have, held out or not, as these sums learned from none.

    False where there is nothing to extend.
    """
    if not isinstance(network, Network) or network.familiarity is None:
        return False
    familiarity, strangeness = network.familiarity, network.familiarity.strangeness
    device = strangeness.bias.device
    log_mels = whole_clips(examples, np.arange(len(examples)), device)
    (log_odds,) = recorded(network, ["familiarity.strangeness"], log_mels)
    typical = np.stack([np.median(log_odds[examples.target == one], axis=0) for one in set(examples.target)])
    ruled_out = torch.from_numpy((typical > float(familiarity.usual) + OF_A_KIND).any(axis=0))
    if strangeness.kinds:
        strange = kinds_of_none(examples.class_names)
        ruled_out |= torch.tensor([kind not in strange for kind in strangeness.kinds])
    strangeness.bias[ruled_out.to(device)] = log_odds[:, ruled_out] = RULED_OUT
    usual = np.quantile(of_any_kind(log_odds), USUAL, method="higher")
    familiarity.usual.clamp_(min=float(usual))
    return True


def tell_apart(strangeness: Strangeness, vectors: Tensor, target: Tensor, share: Tensor) -> None:
    """Learn from summaries [N, D] of sounds ``KNOWN``, or of a kind, which of them are which.

    Args:
        target: int64 [N]. A kind that does not occur is ruled out.
        share: what each counts, [N]; sums to one.
    """
    there, index = torch.unique(target, return_inverse=True)
    matrix, bias = logistic_regression(vectors, index, share, len(there), DECAY)
    kinds = there[1:] - 1
    weight, biases = (
        vectors.new_zeros(len(KINDS), vectors.shape[1]),
        vectors.new_full((len(KINDS),), RULED_OUT),
    )
    weight[kinds], biases[kinds] = matrix[1:] - matrix[0], bias[1:] - bias[0]
    # Anew: one that was begun before kinds were told apart has room for a single sum.
    strangeness.weight, strangeness.bias = (one.to(strangeness.bias.device) for one in (weight, biases))


@torch.no_grad()
def strangeness_of(
    network: nn.Module, examples: Examples, rows: Int64Array
) -> npt.NDArray[np.float32] | None:
    """How strange the clips ``rows`` are to it, float32 [N]; None where it cannot tell."""
    if not isinstance(network, Network) or network.familiarity is None:
        return None
    if not network.familiarity.strangeness.learned:
        return None
    log_mels = whole_clips(examples, rows, next(network.parameters()).device)
    (log_odds,) = recorded(network, ["familiarity.strangeness"], log_mels)
    return of_any_kind(log_odds).numpy()


def poor_copies(log_mels: Iterable[Tensor], config: Config) -> Iterator[Tensor]:
    """The same of each batch of clips when recorded badly; chance follows from the recipe's seed."""
    for number, log_mel in enumerate(log_mels):
        with torch.random.fork_rng():
            seed_epoch(config.training.seed, number)
            poor, _ = augment(
                log_mel, log_mel.new_zeros(len(log_mel), 1), POOR, range_db=config.front_end.top_db
            )
        yield poor


def summaries(network: Network, log_mels: Iterable[Tensor]) -> Tensor:
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
