"""Where mixed precision must not reach."""

from __future__ import annotations

from contextlib import nullcontext

import torch
from torch import Tensor


def full_precision(values: Tensor) -> torch.autocast | nullcontext[None]:
    """Without autocast where it is on, on the device of ``values``; nothing where it is off."""
    device = values.device.type
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()
