"""What each place of the last map adds to a score: all places together are the score."""

from __future__ import annotations

import pytest
import torch
from made_data import CLASSES, FAMILY_SETTINGS, tiny_config
from torch import Tensor

from audio_cnn.network.activations import recording
from audio_cnn.network.base import Network
from audio_cnn.network.evidence import evidence
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.joining import joined
from audio_cnn.network.pooling import POOLINGS
from audio_cnn.network.registry import build_network


def finished(kind: str, pooling: str = "sounding") -> FinishedNetwork:
    torch.manual_seed(len(kind))
    config = tiny_config(*FAMILY_SETTINGS[kind], f"name={kind}", f"network.pooling={pooling}")
    network = build_network(config.network, config.front_end, len(CLASSES)).eval()
    return FinishedNetwork(network, config, CLASSES, {})


def network_of(kind: str) -> Network:
    if kind == "ensemble":
        poolings = {"resnet": "mean", "efficientnet": "sounding", "mobilenet": "mean+max"}
        return joined([finished(member, pooling) for member, pooling in poolings.items()]).network
    return finished(kind).network


def evidence_of(network: Network, log_mel: Tensor) -> Tensor:
    with recording(network, network.heads) as maps:
        network(log_mel)
    return evidence(network, [maps[name] for name in network.heads], log_mel)


@pytest.mark.parametrize("kind", [*FAMILY_SETTINGS, "ensemble"])
@torch.no_grad()
def test_all_places_and_the_bias_are_the_score(kind: str) -> None:
    network, log_mel = network_of(kind), torch.rand(4, 32, 63)
    log_mel[1, :, 20:] = 0  # silence behind
    log_mel[2] = 0  # nothing else
    heard, _layers = network.listen(log_mel)

    places = evidence_of(network, log_mel)

    assert places.shape[:2] == (4, len(CLASSES))
    torch.testing.assert_close(
        places.sum(dim=(2, 3)) + network.linear.bias, network.linear(heard), atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_pooling_keeps_is_the_sum_of_what_the_places_give(pooling: str) -> None:
    pool = POOLINGS[pooling]()
    x = torch.randn(3, 5, 4, 6)
    x[1] = x[1].relu().round()  # many that are equally large
    x[2] = 0
    log_mel = torch.rand(3, 32, 48)
    log_mel[0, :, 16:] = 0

    places = pool.places(x, log_mel)

    assert places.shape == (3, pool.widening * 5, 4, 6)
    torch.testing.assert_close(places.sum(dim=(2, 3)), pool(x, log_mel), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_only_the_place_where_something_is_gives_anything(pooling: str) -> None:
    x = torch.zeros(1, 1, 4, 6)
    x[0, 0, 2, 3] = 1

    places = POOLINGS[pooling]().places(x, torch.ones(1, 32, 48))

    assert places[:, :, 2, 3].min() > 0
    assert (places != 0).sum() == places.shape[1]
