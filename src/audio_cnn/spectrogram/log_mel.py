"""Waveform to log-mel spectrogram, as a torch module of plain matrix products.

Source: librosa's ``melspectrogram`` (Slaney scale and area norm, periodic Hann window, centred
frames, zero padding), then ``power_to_db(ref=max, top_db)`` and min-max.

No FFT operator is used, because few ONNX runtimes have one. Instead one step of J. W. Cooley and J. W. Tukey
("An Algorithm for the Machine Calculation of Complex Fourier Series", Math. Comp. 1965) leaves two short
transforms, each of which is a product with a matrix. A frame's N samples stand in P rows of R:

    sample n = R p + r          bin k = i + P j          W = exp(-2 pi i / N)

    X[k] =  sum over r of  W^(r k)  *  sum over p of  W^(R p i) w[n] x[n]
            └── R-point, with twist ──┘   └────── P-point, for 0 <= i <= P / 2 ──────┘

The inner one is a convolution with a kernel for each r, which cuts the frames on the way, since a hop is a
whole number of rows. The sound is real, so i and P - i are conjugates and share the inner sums. Only bins up
to ``fmax_hz`` are computed: of 2048 points, a ninth of the multiplications of the full matrix. Both
matrices are built in the graph from vectors, so they add no megabytes to a model file.

R is the power of two that n_fft and hop share, 64 at most. Where they share none, the inner transform is the
whole one, which is right and slow.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.config import FrontEnd
from audio_cnn.errors import ConfigError
from audio_cnn.spectrogram.mel_scale import mel_filters

SMALLEST_POWER = 1e-10
SMALLEST_RANGE_DB = 1e-5
LONGEST_ROW = 64


class LogMel(nn.Module):
    """Log-mel of one window a row.

    Input: float32 [B, T], T = ``front_end.window_samples``, nominally in -1..1.
    Output: log-mel float32 [B, M, F] in 0..1, row 0 the lowest band, and float32 [B, 2], the
    levels in dB of mel power that 0 and 1 stand for. A window without sound gives zeros.
    """

    window: Tensor
    inner: Tensor
    bins: Tensor
    sides: Tensor
    places: Tensor
    mel_basis: Tensor
    columns: Tensor

    def __init__(self, front_end: FrontEnd) -> None:
        super().__init__()
        self.front_end = front_end
        check(front_end)
        n_fft, hop = front_end.n_fft, front_end.hop_samples
        self.row = math.gcd(n_fft, hop, LONGEST_ROW)
        self.rows, self.rows_per_hop, self.hops = n_fft // self.row, hop // self.row, -(-n_fft // hop)
        mel = mel_filters(front_end)
        bins = self._bins(len(mel))
        # Rows beyond the frame, where it is no whole number of hops, get no weight.
        beyond = ((0, self.hops * self.rows_per_hop - self.rows), (0, 0))
        turns = np.outer(np.arange(self.rows // 2 + 1), np.arange(self.rows)) * (2 * np.pi / self.rows)
        inner = np.concatenate([np.cos(turns), -np.sin(turns)])
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
        self._constant("window", np.pad(window.reshape(self.rows, self.row), beyond).T[:, None, :])
        self._constant("inner", np.pad(inner, (beyond[1], beyond[0])))
        self._constant("bins", bins[..., None])
        self._constant("sides", np.array([1.0, -1.0])[:, None, None])
        self._constant("places", np.arange(self.row))
        self._constant("mel_basis", each_bin_once(mel, bins.reshape(-1)).T)
        self.register_buffer("columns", torch.tensor(front_end.column_index()), persistent=False)

    def _bins(self, count: int) -> npt.NDArray[np.int64]:
        """The bins that each inner sum i serves, [P / 2 + 1, 2, J]: i + P j, and P - i + P j."""
        low = np.arange(self.rows // 2 + 1)
        first = np.stack([low, self.rows - low], axis=1)
        return first[..., None] + self.rows * np.arange(-(-count // self.rows))

    def _constant(self, name: str, values: npt.NDArray[np.generic]) -> None:
        tensor = torch.from_numpy(np.array(values, dtype=np.float32))
        self.register_buffer(name, tensor, persistent=False)

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        mel = self.mel_basis @ self.power_spectrum(waveform)
        level_db = 10 / math.log(10) * torch.log(torch.clamp(mel, min=SMALLEST_POWER))
        top_db = level_db.amax(dim=(1, 2), keepdim=True)
        level_db = torch.maximum(level_db, top_db - self.front_end.top_db)
        bottom_db = level_db.amin(dim=(1, 2), keepdim=True)
        span_db = torch.clamp(top_db - bottom_db, min=SMALLEST_RANGE_DB)
        log_mel = (torch.index_select(level_db, 2, self.columns) - bottom_db) / span_db
        return log_mel, torch.cat([bottom_db, top_db], dim=2).squeeze(1)

    def power_spectrum(self, waveform: Tensor) -> Tensor:
        """|X|^2 of every frame: [B, T] -> [B, bins, stft_frames], bins in the order of ``bins``."""
        sums = functional.conv1d(self._rows_of_hops(waveform), self._inner_kernels(), groups=self.row)
        # [B, R * 2 (P / 2 + 1), frames] -> for each i, real and imaginary parts of every r.
        sums = torch.unflatten(sums, 1, (self.row, 2, -1)).permute(0, 3, 2, 1, 4).flatten(2, 3)
        parts = torch.unflatten(self._outer_matrices() @ sums, 2, (2, 2, -1))
        squares = parts * parts
        return (squares[:, :, :, 0] + squares[:, :, :, 1]).flatten(1, 3)

    def _rows_of_hops(self, waveform: Tensor) -> Tensor:
        """The padded sound with time in hops last: [B, T] -> [B, R * rows of a hop, hops], r before rows."""
        hops = torch.unflatten(self._padded(waveform), 1, (-1, self.front_end.hop_samples)).transpose(1, 2)
        return torch.unflatten(hops, 1, (self.rows_per_hop, self.row)).transpose(1, 2).flatten(1, 2)

    def _inner_kernels(self) -> Tensor:
        """Window and P-point transform for each r: [R * 2 (P / 2 + 1), rows of a hop, hops of a frame]."""
        kernels = torch.unflatten(self.window * self.inner, 2, (self.hops, self.rows_per_hop))
        return kernels.transpose(2, 3).flatten(0, 1)

    def _outer_matrices(self) -> Tensor:
        """R-point transforms for each i, [P / 2 + 1, 2 * 2 * J, 2 R]: of both sides real and imaginary parts
        of J bins, from real and imaginary parts. The product is reduced first, in exact integers."""
        n_fft = self.front_end.n_fft
        turns = self.bins * self.places
        angle = (turns - n_fft * torch.floor(turns / n_fft)) * (2 * math.pi / n_fft)
        cos, sin = torch.cos(angle), torch.sin(angle)
        real = torch.cat([cos, self.sides * sin], dim=3)
        imaginary = torch.cat([-sin, self.sides * cos], dim=3)
        return torch.stack([real, imaginary], dim=2).flatten(1, 3)

    def _padded(self, waveform: Tensor) -> Tensor:
        """Half a frame of silence before, and enough behind for whole hops under the last frame."""
        front_end = self.front_end
        total = (front_end.stft_frames + self.hops - 1) * front_end.hop_samples
        before = front_end.n_fft // 2
        return functional.pad(waveform, (before, total - before - front_end.window_samples))


def each_bin_once(mel: npt.NDArray[np.float64], bins: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Weights [len(bins), M] of bins in that order from those in their own, [K, M].

    What comes a second time, or is not among them, gets no weight.
    """
    weights = np.zeros((len(bins), mel.shape[1]))
    known, first = np.unique(bins, return_index=True)
    inside = known < len(mel)
    weights[first[inside]] = mel[known[inside]]
    return weights


def check(front_end: FrontEnd) -> None:
    """Refuse numbers that do not fit each other.

    Raises:
        ConfigError: saying which.
    """
    if front_end.window_samples < 1:
        raise ConfigError(f"a window of {front_end.window_s:g} s is shorter than a sample; raise window_s")
    if not 0 <= front_end.fmin_hz < front_end.fmax_hz <= front_end.sample_rate_hz / 2:
        raise ConfigError(
            f"bands from {front_end.fmin_hz:g} to {front_end.fmax_hz:g} Hz make no sense "
            f"at {front_end.sample_rate_hz} samples a second; fmax_hz is at most half of that"
        )
    if front_end.column_index()[-1] >= front_end.stft_frames:
        raise ConfigError(
            f"{front_end.frames} frames spanning {front_end.frames_span:g} do not fit a window "
            f"of {front_end.stft_frames}; lower frames or raise frames_span"
        )
