"""The reference: the common way to serve and train this kind of classifier in PyTorch.

A ResNet-34 of 21 million parameters on a log-mel of 128 HTK bands over the full range, n_fft 1024, hop 512,
computed with ``torch.stft``, everything in float32.
"""

from __future__ import annotations

import json
from pathlib import Path

import soundfile
import torch
from torch import Tensor

from audio_cnn.config import Config, FrontEnd, load
from audio_cnn.network.activations import recording
from audio_cnn.network.base import Network
from audio_cnn.network.registry import build_network

N_FFT, HOP, BANDS, RATE_HZ, FRAMES = 1024, 512, 128, 44_100, 431
TOP, WAVEFORM_VALUES = 3, 8000
CONFIG = Path(__file__).parent.parent / "configs" / "resnet34.toml"


def recipe() -> Config:
    """Its recipe."""
    return load(CONFIG)


def network() -> Network:
    """Its network."""
    return build_network(recipe().network, FrontEnd(mel_bands=BANDS), 50)


class Reference:
    """A file to its three likeliest classes, the reference way."""

    def __init__(self) -> None:
        self.network = network().eval()
        self.filters = htk_filters()
        self.window = torch.hann_window(N_FFT)

    @torch.inference_mode()
    def answer(self, path: Path) -> str:
        """JSON of the top three, a mean map of each activation, spectrogram and waveform, as numbers."""
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        mono = samples.mean(axis=1)
        log_mel = self.log_mel(torch.from_numpy(mono))
        with recording(self.network, self.network.activation_names) as activations:
            values, indices = self.network(log_mel.unsqueeze(0)).softmax(dim=1)[0].topk(TOP)
        maps = {name: x[0].mean(dim=0) for name, x in activations.items()}
        return json.dumps(
            {
                "predictions": [
                    {"class": str(i), "confidence": v}
                    for i, v in zip(indices.tolist(), values.tolist(), strict=True)
                ],
                "visualization": {
                    name: {"shape": list(x.shape), "values": x.tolist()} for name, x in maps.items()
                },
                "input_spectrogram": {"shape": list(log_mel.shape), "values": log_mel.tolist()},
                "waveform": {
                    "values": mono[:: len(mono) // WAVEFORM_VALUES].tolist(),
                    "sample_rate": rate_hz,
                    "duration": len(mono) / rate_hz,
                },
            }
        )

    @torch.inference_mode()
    def classify(self, path: Path) -> list[tuple[int, float]]:
        """Decode, log-mel, network, softmax, top three."""
        samples, _rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        scores = self.network(self.log_mel(torch.from_numpy(samples.mean(axis=1))).unsqueeze(0))
        values, indices = scores.softmax(dim=1)[0].topk(TOP)
        return list(zip(indices.tolist(), values.tolist(), strict=True))

    def log_mel(self, samples: Tensor) -> Tensor:
        """[T] -> [BANDS, FRAMES], dB."""
        spectrum = torch.stft(samples, N_FFT, HOP, window=self.window, return_complex=True)
        return 10 * torch.log10((self.filters @ spectrum.abs().square()).clamp(min=1e-10))


def htk_filters() -> Tensor:
    """Triangular filters without norm on the HTK scale, [BANDS, N_FFT / 2 + 1], 0 to 11,025 Hz."""
    top_mel = 2595 * torch.log10(torch.tensor(1 + RATE_HZ / 4 / 700))
    edges = 700 * (10 ** (torch.linspace(0, float(top_mel), BANDS + 2) / 2595) - 1)
    hz = torch.linspace(0, RATE_HZ / 2, N_FFT // 2 + 1)
    low, peak, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return torch.minimum((hz - low) / (peak - low), (high - hz) / (high - peak)).clamp(min=0)
