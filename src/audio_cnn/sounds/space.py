"""Where a sound is heard: reverberation, the noise of the place, the level of the recording."""

from __future__ import annotations

import numpy as np

from audio_cnn.sounds.noise import shaped_noise, tilted_noise, white_noise
from audio_cnn.sounds.timeline import Signal, Sound, Timeline
from audio_cnn.sounds.tones import sine

DB_60 = float(np.log(1000.0))
"""Nepers in 60 dB: a reverberation time is the time to fall by that much."""


def amplitude_of(db: float) -> float:
    """Amplitude of a level: 0 dB is 1, -20 dB is 0.1."""
    return float(10 ** (db / 20))


def reverberant(
    rng: np.random.Generator, timeline: Timeline, dry: Signal, *, seconds: float, wet_db: float
) -> Signal:
    """The sound with a diffuse tail whose energy is ``wet_db`` relative to it; ``seconds`` is RT60.

    Source: J. A. Moorer, "About This Reverberation Business", Computer Music Journal 3(2), 1979
    (exponentially decaying noise as the impulse response of a room).
    """
    tail = timeline.lasting(1.2 * seconds)
    envelope = np.exp(-DB_60 * tail.time_s() / seconds)
    response = shaped_noise(rng, tail, lambda hz: 1 / (1 + (hz / 3000.0))) * envelope
    response *= amplitude_of(wet_db) / np.sqrt(np.sum(response**2))
    return dry + convolved(dry, response)


def convolved(signal: Signal, response: Signal) -> Signal:
    """Linear convolution by FFT, cut to the length of the signal."""
    length = 1 << (len(signal) + len(response) - 1).bit_length()
    product = np.fft.rfft(signal, length) * np.fft.rfft(response, length)
    return np.fft.irfft(product, length)[: len(signal)]


def room_tone(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """What a microphone hears when nothing happens: rumble, hiss and a trace of mains hum."""
    rumble = tilted_noise(rng, timeline, rng.uniform(-7, -4))
    hum = sum((sine(timeline, 50.0 * k, 0.2 / k) for k in (1, 2, 3)), start=np.zeros(timeline.samples))
    return rumble + rng.uniform(0.02, 0.1) * white_noise(rng, timeline) + rng.uniform(0, 1) * hum


def recorded(
    rng: np.random.Generator, timeline: Timeline, sound: Signal, *, floor_db: float = -55.0
) -> Sound:
    """A sound as a file holds it: with the place's noise so far under its peak, at a usual level."""
    loudest = float(np.max(np.abs(sound), initial=0.0)) or 1.0
    noisy = sound / loudest + amplitude_of(floor_db) * room_tone(rng, timeline)
    return normalised(noisy, peak=rng.uniform(0.4, 0.9))


def normalised(signal: Signal, peak: float = 0.9) -> Sound:
    """Scaled so that its greatest absolute value is ``peak``: float32; silence stays silence."""
    loudest = float(np.max(np.abs(signal), initial=0.0))
    return (signal * (peak / loudest if loudest > 0 else 1.0)).astype(np.float32)
