"""The weight average, against its definition."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from audio_cnn.training.averaging import averaged


class OneOfEach(nn.Module):
    """A parameter, a statistic and a counter."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))
        self.register_buffer("statistic", torch.zeros(2))
        self.register_buffer("counter", torch.tensor(0))


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.998])
@pytest.mark.parametrize("steps", [1, 2, 25])
def test_is_the_exact_exponentially_weighted_mean_of_the_steps(decay: float, steps: int) -> None:
    torch.manual_seed(0)
    network = OneOfEach()
    with torch.no_grad():
        network.weight.fill_(1e6)  # what training began with must leave no trace
    average = averaged(network, decay, plain_after=100)
    seen = torch.randn(steps, 3)
    for step in range(steps):
        with torch.no_grad():
            network.weight.copy_(seen[step])
            network.statistic.copy_(seen[step, :2] * 2)
            network.counter.fill_(step + 1)
        average.update_parameters(network)

    shares = decay ** torch.arange(steps - 1, -1, -1, dtype=torch.float64)
    expected = (shares / shares.sum()) @ seen.double()
    torch.testing.assert_close(average.module.weight.detach().double(), expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(average.module.statistic.double(), expected[:2] * 2, atol=1e-5, rtol=1e-4)
    assert int(average.module.counter) == steps


def test_the_network_itself_is_left_alone() -> None:
    network = OneOfEach()
    average = averaged(network, 0.9, plain_after=100)
    for value in (1.0, 5.0):
        with torch.no_grad():
            network.weight.fill_(value)
        average.update_parameters(network)

    assert network.weight.tolist() == [5, 5, 5]
    assert 1 < float(average.module.weight[0].detach()) < 5


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_in_the_end_is_the_plain_mean_of_what_came_after_the_cycle(steps: int) -> None:
    torch.manual_seed(0)
    network = OneOfEach()
    average = averaged(network, 0.9, plain_after=3)
    seen = torch.randn(3 + steps, 3)
    for weights in seen:
        with torch.no_grad():
            network.weight.copy_(weights)
        average.update_parameters(network)

    torch.testing.assert_close(average.module.weight.detach(), seen[3:].mean(dim=0))
