"""What microphones, lines, rooms and hurried people do to a sound, by exact amounts.

Each takes mono samples float32 [T], nominally in -1..1, and gives as many; ``piece`` fewer, and
``in_a_longer_one`` more.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soxr

from audio_cnn.augmentation.waveform import fit_length
from audio_cnn.sounds.noise import tilted_noise
from audio_cnn.sounds.space import reverberant
from audio_cnn.sounds.timeline import Timeline
from audio_cnn.waveform import decode

Float32Array = npt.NDArray[np.float32]

MP3_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 48_000, 44_100)
FRAME_S = 0.02
SOUNDING_DB = -30.0
"""A frame is sounding that is no further below the loudest one."""


def with_noise(samples: Float32Array, generator: np.random.Generator, *, snr_db: float) -> Float32Array:
    """White noise added, so far below the mean power of the whole sound; silence stays silence."""
    noise = generator.standard_normal(len(samples))
    wanted_power = np.mean(np.square(samples, dtype=np.float64)) / 10 ** (snr_db / 10)
    noisy: Float32Array = (samples + noise * np.sqrt(wanted_power / np.mean(noise**2))).astype(np.float32)
    return noisy


def amplified(samples: Float32Array, *, gain_db: float) -> Float32Array:
    """Louder or softer by so much, clipped where a recorder would clip."""
    clipped: Float32Array = np.clip(samples * np.float32(10 ** (gain_db / 20)), -1, 1)
    return clipped


def in_a_room(
    samples: Float32Array, rate_hz: int, generator: np.random.Generator, *, t60_s: float
) -> Float32Array:
    """From a distance where a diffuse tail, 60 dB lower after ``t60_s``, is as strong as the sound itself."""
    timeline = Timeline(rate_hz, len(samples) / rate_hz)
    heard = reverberant(generator, timeline, samples.astype(np.float64), seconds=t60_s, wet_db=0.0)
    return heard.astype(np.float32)


def as_mp3(samples: Float32Array, rate_hz: int, *, bits_per_s: int) -> Float32Array:
    """Coded and decoded again, at another rate where MP3 does not know this one."""
    coded_hz = rate_hz if rate_hz in MP3_HZ else MP3_HZ[-1]
    file = mp3_bytes(soxr.resample(samples, rate_hz, coded_hz), coded_hz, bits_per_s)
    return fit_length(decode(file, sample_rate_hz=rate_hz).samples, len(samples))


def mp3_bytes(samples: Float32Array, rate_hz: int, bits_per_s: int) -> bytes:
    """A mono MP3 file of samples at one of ``MP3_HZ``."""
    import av  # here, because it takes long to import and few need it

    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as output:
        track = output.add_stream("libmp3lame", rate=rate_hz, layout="mono")
        track.bit_rate = bits_per_s
        frame = av.AudioFrame.from_ndarray(np.clip(samples, -1, 1)[np.newaxis], "fltp", "mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        output.mux(track.encode(frame) + track.encode(None))
    return file.getvalue()


def piece(
    samples: Float32Array, rate_hz: int, generator: np.random.Generator, *, seconds: float
) -> Float32Array:
    """So much of the sound, from around any place where it sounds; all of a sound that is shorter."""
    length = round(seconds * rate_hz)
    anchor = int(generator.choice(sounding_samples(samples, rate_hz)))
    start = anchor - int(generator.integers(length))
    start = max(0, min(start, len(samples) - length))
    return samples[start : start + length]


def in_a_longer_one(
    samples: Float32Array, rate_hz: int, generator: np.random.Generator, *, seconds: float, snr_db: float
) -> Float32Array:
    """Somewhere in a recording of so many seconds, all through which there is pink noise.

    The noise is so far below the mean power of the sound itself; a sound that is longer is only cut.
    """
    timeline = Timeline(rate_hz, seconds)
    noise = tilted_noise(generator, timeline, -3.0, from_hz=20)
    power = np.mean(np.square(samples, dtype=np.float64)) / 10 ** (snr_db / 10)
    longer: Float32Array = (noise * np.sqrt(power)).astype(np.float32)
    sound = samples[: len(longer)]
    start = int(generator.integers(len(longer) - len(sound) + 1))
    longer[start : start + len(sound)] += sound
    return longer


def sounding_samples(samples: Float32Array, rate_hz: int) -> npt.NDArray[np.int64]:
    """First sample of every frame of ``FRAME_S`` that holds sound."""
    starts = np.arange(0, len(samples), round(FRAME_S * rate_hz))
    power = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    sounding: npt.NDArray[np.int64] = starts[power >= power.max() * 10 ** (SOUNDING_DB / 10)]
    return sounding
