"""A new last layer for other classes, fitted on what the frozen network makes of their sounds.

Sources: S. Kornblith et al., "Do Better ImageNet Models Transfer Better?", CVPR 2019 (logistic regression on
penultimate features); A. Kumar et al., "Fine-Tuning can Distort Pretrained Features and Underperform
Out-of-Distribution", ICLR 2022 (as the start of training all layers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.errors import ConfigError
from audio_cnn.network.registry import build_network
from audio_cnn.training.batches import Float64Array

HEAD = "linear"
FAMILIARITY = "familiarity."
ROUNDS = 100
AT_ONCE = 64
SMALLEST_DEVIATION = 1e-3

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
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            network(whole(examples, some, device))
            if progress is not None:
                progress(start + len(some), len(rows))
    finally:
        handle.remove()
    return torch.cat(seen)


@torch.inference_mode()
def exact_scores(
    network: nn.Module, examples: Examples, rows: Int64Array
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Scores float32 [len(rows), K] in the precision in which the model file computes."""
    log_mels = wholes(examples, rows, next(network.parameters()).device)
    return torch.cat([network(log_mel).cpu() for log_mel in log_mels]).numpy()


def whole(examples: Examples, rows: Int64Array, device: torch.device) -> Tensor:
    """Clips as they are: float32 [n, M, F] in 0..1."""
    return torch.from_numpy(examples.log_mel[0, rows]).to(device).float().div_(255)


def wholes(examples: Examples, rows: Int64Array, device: torch.device) -> Iterator[Tensor]:
    """Clips as they are, in batches float32 [n, M, F] in 0..1."""
    for start in range(0, len(rows), AT_ONCE):
        yield whole(examples, rows[start : start + AT_ONCE], device)


def logistic_regression(
    features: Tensor, target: Tensor, share: Tensor, classes: int, decay: float
) -> tuple[Tensor, Tensor]:
    """Weights [K, D] and biases [K] that fit features [N, D] to classes [N]; the same each time.

    ``share`` [N] sums to one. ``decay`` weighs the squared weights, of features brought to unit deviation.
    """
    mean = share @ features
    deviation = (share @ (features - mean) ** 2).sqrt().clamp(min=SMALLEST_DEVIATION)
    scaled = (features - mean) / deviation
    matrix = torch.zeros(classes, features.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([matrix, bias], max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        each = functional.cross_entropy(scaled @ matrix.T + bias, target, reduction="none")
        value = share @ each + decay / 2 * (matrix**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    unscaled = matrix.detach() / deviation
    return unscaled, bias.detach() - unscaled @ mean
