"""Anything that holds a sound in, mono float32 at one rate out; long sounds cut into windows."""

from audio_cnn.waveform.decoding import Waveform, decode
from audio_cnn.waveform.source import Source
from audio_cnn.waveform.windowing import window_starts, windows_of

__all__ = ["Source", "Waveform", "decode", "window_starts", "windows_of"]
