"""Where training runs and in which precision."""

from __future__ import annotations

import pytest
import torch

from audio_cnn.errors import ConfigError
from audio_cnn.training import device
from audio_cnn.training.device import autocast, choose_device, memory_format

CPU = torch.device("cpu")


def with_devices(monkeypatch: pytest.MonkeyPatch, *, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_fastest_there_is(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, chosen: str
) -> None:
    with_devices(monkeypatch, cuda=cuda, mps=mps)

    assert choose_device("auto").type == chosen
    assert choose_device("cpu").type == "cpu"


def test_what_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with_devices(monkeypatch, cuda=False, mps=False)

    with pytest.raises(ConfigError, match="no device 'cuda'; use --device auto"):
        choose_device("cuda")
    with pytest.raises(ConfigError, match="unknown device 'tpu'; there are: auto, cpu, cuda, mps"):
        choose_device("tpu")


@pytest.mark.parametrize(
    ("precision", "native", "dtype"),
    [
        ("fp32", True, torch.float32),
        ("bf16", False, torch.bfloat16),
        ("auto", True, torch.bfloat16),
        ("auto", False, torch.float32),
    ],
)
def test_bfloat16_only_where_asked_for_or_native(
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
    native: bool,
    dtype: torch.dtype,
) -> None:
    monkeypatch.setattr(device, "bf16_is_faster", lambda _device: native)

    with autocast(CPU, precision):
        product = torch.ones(2, 2) @ torch.ones(2, 2)

    assert product.dtype == dtype


def test_channels_last_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "bf16_is_faster", lambda _device: True)
    assert memory_format(CPU, "fp32") == torch.channels_last
    assert memory_format(torch.device("cuda"), "auto") == torch.channels_last
    assert memory_format(torch.device("cuda"), "fp32") == torch.contiguous_format
