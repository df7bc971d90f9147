"""Waveform to log-mel spectrogram, as a torch module of plain matrix products.

Source: librosa's ``melspectrogram`` (Slaney scale and area norm, periodic Hann window, centred
frames, zero padding), then ``power_to_db(ref=max, top_db)`` and min-max.

No FFT operator is used, because few ONNX runtimes have one. The discrete Fourier transform is a
matrix product instead, folded twice by its symmetries to a quarter of the multiplications. For
a frame x of N samples under the window w (w[0] = 0, w[n] = w[N - n]) and bin k, with m = 0 .. N/4:

     x[m] ........ x[N/2 - m] | x[N/2 + m] ........ x[N - m]
       └─────────────┼────────────┼─────────────────┘          outer pair, weight w[m]
                     └────────────┘                            inner pair, weight w[N/2 + m]

    cosine part:  outer sum + inner sum (k even)   outer sum - inner sum (k odd)
    sine part:    outer dif - inner dif (k even)   outer dif + inner dif (k odd)

because cos(pi k - t) = (-1)^k cos t and sin(pi k - t) = -(-1)^k sin t. The pair at n = N/4, N/2
apart, is its own partner and is added by hand. Only bins up to ``fmax_hz`` are computed, and the bases
are built in the graph from two index vectors, so they add no megabytes to a model file.
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
MIRROR = 32


class LogMel(nn.Module):
    """Log-mel of one window a row.

    Input: float32 [B, T], T = ``front_end.window_samples``, nominally in -1..1.
    Output: log-mel float32 [B, M, F] in 0..1, row 0 the lowest band, and float32 [B, 2], the
    levels in dB of mel power that 0 and 1 stand for. A window without sound gives zeros.
    """

    even_bins: Tensor
    odd_bins: Tensor
    samples: Tensor
    outer_window: Tensor
    inner_window: Tensor
    mel_basis: Tensor
    columns: Tensor
    mirror: Tensor

    def __init__(self, front_end: FrontEnd) -> None:
        super().__init__()
        self.front_end = front_end
        check(front_end)
        self.quarter = front_end.n_fft // 4
        mel = mel_filters(front_end)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(front_end.n_fft) / front_end.n_fft)
        inner_window = window[2 * self.quarter : 3 * self.quarter].copy()
        inner_window[0] = 0.5  # x[N/2] is its own partner and would count twice
        bins = np.arange(len(mel))
        self._constant("even_bins", bins[0::2])
        self._constant("odd_bins", bins[1::2])
        self._constant("samples", np.arange(self.quarter)[:, None])
        self._constant("outer_window", window[: self.quarter])
        self._constant("inner_window", inner_window)
        self._constant("mel_basis", np.concatenate([mel[0::2], mel[1::2]]))
        self._constant("mirror", np.eye(MIRROR)[::-1])
        self.register_buffer("columns", torch.tensor(front_end.column_index()), persistent=False)

    def _constant(self, name: str, values: npt.NDArray[np.generic]) -> None:
        tensor = torch.from_numpy(np.array(values, dtype=np.float32))
        self.register_buffer(name, tensor, persistent=False)

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        mel = self.power_spectrum(waveform) @ self.mel_basis
        level_db = 10 / math.log(10) * torch.log(torch.clamp(mel, min=SMALLEST_POWER))
        top_db = level_db.amax(dim=(1, 2), keepdim=True)
        level_db = torch.maximum(level_db, top_db - self.front_end.top_db)
        bottom_db = level_db.amin(dim=(1, 2), keepdim=True)
        span_db = torch.clamp(top_db - bottom_db, min=SMALLEST_RANGE_DB)
        picked_db = torch.index_select(level_db, 1, self.columns)
        log_mel = ((picked_db - bottom_db) / span_db).transpose(1, 2)
        return log_mel, torch.cat([bottom_db, top_db], dim=2).squeeze(1)

    def power_spectrum(self, waveform: Tensor) -> Tensor:
        """|X|^2 of every frame: [B, T] -> [B, stft_frames, bins], even bins first, then odd ones."""
        quarter = self.quarter
        x = self._padded(waveform)
        first, last = self._quarters(x, 0), self._mirrored(self._quarters(x, 3 * quarter + 1))
        third, second = self._quarters(x, 2 * quarter), self._mirrored(self._quarters(x, quarter + 1))
        outer_sum, outer_dif = (first + last) * self.outer_window, (first - last) * self.outer_window
        inner_sum, inner_dif = (second + third) * self.inner_window, (second - third) * self.inner_window
        left, right = self._column(x, quarter), self._column(x, 3 * quarter)

        cos_even, sin_even = self._bases(self.even_bins)
        cos_odd, sin_odd = self._bases(self.odd_bins)
        middle_cos = 0.5 * torch.cos(math.pi / 2 * self.even_bins)
        middle_sin = 0.5 * torch.sin(math.pi / 2 * self.odd_bins)
        real_even = (outer_sum + inner_sum) @ cos_even + (left + right) * middle_cos
        real_odd = (outer_sum - inner_sum) @ cos_odd
        imag_even = (outer_dif - inner_dif) @ sin_even
        imag_odd = (outer_dif + inner_dif) @ sin_odd + (left - right) * middle_sin
        even = real_even * real_even + imag_even * imag_even
        odd = real_odd * real_odd + imag_odd * imag_odd
        return torch.cat([even, odd], dim=2)

    def _bases(self, bins: Tensor) -> tuple[Tensor, Tensor]:
        """cos and sin of 2 pi m k / N, [N/4, bins]; the product is reduced first, in exact integers."""
        n_fft = self.front_end.n_fft
        turns = self.samples * bins
        angle = (turns - n_fft * torch.floor(turns / n_fft)) * (2 * math.pi / n_fft)
        return torch.cos(angle), torch.sin(angle)

    def _padded(self, waveform: Tensor) -> Tensor:
        """Half a frame of silence before, and enough behind for every slice of ``_quarters``."""
        front_end = self.front_end
        total = front_end.stft_frames * front_end.hop_samples + front_end.n_fft + 1
        before = front_end.n_fft // 2
        return functional.pad(waveform, (before, total - before - front_end.window_samples))

    def _quarters(self, padded: Tensor, offset: int) -> Tensor:
        """N/4 samples of every frame from ``offset`` on: [B, stft_frames, N/4]."""
        frames, hop = self.front_end.stft_frames, self.front_end.hop_samples
        pieces = [
            torch.unflatten(padded[:, start : start + frames * hop], 1, (frames, hop))
            for start in range(offset, offset + self.quarter, hop)
        ]
        joined = torch.cat(pieces, dim=2) if len(pieces) > 1 else pieces[0]
        return joined[..., : self.quarter] if joined.shape[2] > self.quarter else joined

    def _column(self, padded: Tensor, offset: int) -> Tensor:
        """One sample of every frame: [B, stft_frames, 1]."""
        frames, hop = self.front_end.stft_frames, self.front_end.hop_samples
        return padded[:, offset : offset + frames * hop : hop].unsqueeze(2)

    def _mirrored(self, quarters: Tensor) -> Tensor:
        """Last axis reversed. Blocks are reordered, then reversed inside by an exchange matrix:
        a product with zeros and ones is exact, and many times faster than a copy with stride -1."""
        blocks = self.quarter // MIRROR
        order = torch.arange(blocks - 1, -1, -1, device=quarters.device)
        inside = torch.unflatten(quarters, 2, (blocks, MIRROR)) @ self.mirror
        return torch.index_select(inside, 2, order).flatten(2)


def check(front_end: FrontEnd) -> None:
    """Refuse numbers that do not fit each other.

    Raises:
        ConfigError: saying which.
    """
    if min(front_end.hop_samples, front_end.mel_bands, front_end.window_samples) < 1:
        raise ConfigError("hop_samples, mel_bands and the window must be at least 1")
    if front_end.n_fft < 4 * MIRROR or front_end.n_fft % (4 * MIRROR):
        raise ConfigError(f"n_fft must be a multiple of {4 * MIRROR}, not {front_end.n_fft}")
    if not 0 <= front_end.fmin_hz < front_end.fmax_hz <= front_end.sample_rate_hz / 2:
        raise ConfigError(
            f"bands from {front_end.fmin_hz:g} to {front_end.fmax_hz:g} Hz make no sense "
            f"at {front_end.sample_rate_hz} samples a second; fmax_hz is at most half of that"
        )
    if not front_end.frames or front_end.column_index()[-1] >= front_end.stft_frames:
        raise ConfigError(
            f"{front_end.frames} frames spanning {front_end.frames_span:g} do not fit a window "
            f"of {front_end.stft_frames}; lower frames or raise frames_span"
        )
