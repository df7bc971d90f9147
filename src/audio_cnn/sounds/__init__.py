"""Sounds to try things with: made ones for demos and tests, and six clips of ESC-50 by name."""

from audio_cnn.sounds.bundled import demo_paths, demo_sound, write_demos
from audio_cnn.sounds.registry import SYNTHESISERS, synthesise
from audio_cnn.sounds.samples import SAMPLES, Sample, sample_path
from audio_cnn.sounds.timeline import FIVE_SECONDS, Timeline

__all__ = [
    "FIVE_SECONDS",
    "SAMPLES",
    "SYNTHESISERS",
    "Sample",
    "Timeline",
    "demo_paths",
    "demo_sound",
    "sample_path",
    "synthesise",
    "write_demos",
]
