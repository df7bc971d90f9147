"""A new last layer for other classes, fitted on what the frozen network makes of their sounds.

Sources: S. Kornblith et al., "Do Better ImageNet Models Transfer Better?", CVPR 2019 (logistic regression on
penultimate features); A. Kumar et al., "Fine-Tuning can Distort Pretrained Features and Underperform
Out-of-Distribution", ICLR 2022 (as the start of training all layers).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.errors import ConfigError
from audio_cnn.network.registry import build_network
from audio_cnn.training.batches import Float64Array
from audio_cnn.training.logistic_regression import logistic_regression
from audio_cnn.training.scoring import whole_clips

HEAD = "linear"
FAMILIARITY = "familiarity."

Progress = Callable[[int, int], None]


def with_new_head(
    base: nn.Module,
    config: Config,
    examples: Examples,
    rows: Int64Array,
    weight: Float64Array,
    device: torch.device,
    progress: Progress | None = None,
) -> nn.Module:
    """The network ``base`` with its last layer fitted to the classes of ``examples``.

    Args:
        rows: what to learn from.
        weight: float64 [N], how much each row of the examples counts.

    Raises:
        ConfigError: the network does not end in a linear layer called ``linear``.
    """
    network = _beheaded(base, config, len(examples.class_names)).to(device)
    seen = penultimate(network, examples, rows, device, progress)
    target = torch.from_numpy(examples.target[rows])
    share = torch.from_numpy(weight[rows] / weight[rows].sum()).float()
    matrix, bias = logistic_regression(
        seen, target, share, len(examples.class_names), config.fine_tuning.probe_decay
    )
    head = network.get_submodule(HEAD)
    head.load_state_dict({"weight": matrix, "bias": bias})
    return network


def _beheaded(base: nn.Module, config: Config, classes: int) -> nn.Module:
    """All weights of ``base`` but those of its last layer, which is new.

    What it would know strange sounds by is left behind where the recipe has none, as ``Base.config`` says of
    one that has not learned it.
    """
    if not isinstance(getattr(base, HEAD, None), nn.Linear):
        raise ConfigError(f"a network of family '{config.network.family}' has no last layer to replace")
    network = build_network(config.network, config.front_end, classes)
    new = {f"{HEAD}.{key}": value for key, value in network.get_submodule(HEAD).state_dict().items()}
    kept = {key: value for key, value in base.state_dict().items() if not key.startswith(FAMILIARITY)}
    network.load_state_dict((kept if network.familiarity is None else base.state_dict()) | new)
    return network.eval()


@torch.inference_mode()
def penultimate(
    network: nn.Module,
    examples: Examples,
    rows: Int64Array,
    device: torch.device,
    progress: Progress | None = None,
) -> Tensor:
    """What goes into the last layer for whole clips without augmentation: float32 [len(rows), D]."""
    seen: list[Tensor] = []
    handle = network.get_submodule(HEAD).register_forward_pre_hook(
        lambda _, given: seen.append(given[0].cpu())
    )
    try:
        done = 0
        for log_mel in whole_clips(examples, rows, device):
            network(log_mel)
            done += len(log_mel)
            if progress is not None:
                progress(done, len(rows))
    finally:
        handle.remove()
    return torch.cat(seen)
