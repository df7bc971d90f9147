"""How large a labelled sound may be: an hour, 2 GiB."""

from __future__ import annotations

from audio_cnn.config import AudioLimits

CLIP_LIMITS = AudioLimits(bytes=2**31, decoded_s=3600.0)
