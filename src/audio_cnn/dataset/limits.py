"""How large a labelled sound may be: as large as one that ``audio-cnn classify`` takes unasked."""

from __future__ import annotations

from audio_cnn.config import AudioLimits

CLIP_LIMITS = AudioLimits(bytes=2**31, decoded_s=3600.0)
