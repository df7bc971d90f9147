"""Where training runs and in which precision."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from audio_cnn.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str) -> torch.device:
    """``auto`` takes CUDA, else Apple's MPS, else the CPU.

    Raises:
        ConfigError: an unknown name, or a device this machine does not have.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if name not in available:
        raise ConfigError(f"unknown device '{name}'; there are: {', '.join(DEVICES)}")
    if not available[name]:
        raise ConfigError(f"this machine has no device '{name}'; use --device auto")
    return torch.device(name)


def bf16_is_faster(device: torch.device) -> bool:
    """True where the hardware multiplies bfloat16 natively."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Mixed precision for the forward pass, or nothing."""
    enabled = precision == "bf16" or (precision == "auto" and bf16_is_faster(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)


def memory_format(device: torch.device, precision: str) -> torch.memory_format:
    """Channels last on CPUs, and on GPUs in half precision, which is where it pays."""
    fast = device.type == "cpu" or (precision != "fp32" and bf16_is_faster(device))
    return torch.channels_last if fast else torch.contiguous_format
