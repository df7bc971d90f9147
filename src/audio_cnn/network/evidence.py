"""Where in a sound a network has heard what speaks for a class, and what against it.

A score is a weighted sum of what pooling has kept of the last map's channels, and that is a sum over the
places of the map. So what each place adds to each score is known, not estimated: together with the bias it is
the score, before ``familiarity`` lowers it.

Source: B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016 (class activation
maps); that maxima and columns of silence are shared out, too, is this project's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from audio_cnn.network.base import Network


def evidence(network: Network, maps: Sequence[Tensor], log_mel: Tensor) -> Tensor:
    """What each place of the last map adds to the score of each class: [B, K, H, W].

    Args:
        maps: what the modules of ``network.heads`` gave, [B, C_i, H, W].
        log_mel: [B, M, F], which they gave it for.
    """
    places = [pool.places(x, log_mel) for pool, x in zip(network.poolings, maps, strict=True)]
    weights = network.linear.weight[:, :, None, None]
    return functional.conv2d(torch.cat(places, dim=1), weights)
