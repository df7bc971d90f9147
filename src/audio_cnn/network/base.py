"""What every network does, whatever it is made of: log-mel in, class scores out, activations by name.

log-mel [B, M, F] -> listen -> dropout -> linear -> familiarity -> scores [B, K]
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from audio_cnn.config import NetworkConfig
from audio_cnn.network.familiarity import Familiarity
from audio_cnn.network.pooling import Pooling


class Network(nn.Module):
    """Classifier of log-mel spectrograms: float32 [B, M, F] in 0..1 -> scores (logits) float32 [B, K].

    Attributes:
        layer_names: submodules whose outputs tell what is familiar, in the order the sound meets them.
        layer_channels: of these outputs.
        activation_names: those of all activations, likewise.
        heads: submodules whose outputs are pooled, one for each of ``poolings``.
        receptive_fields: how many bands and frames of the log-mel one place of each sees, squeezing apart.
    """

    layer_names: tuple[str, ...]
    layer_channels: tuple[int, ...]
    activation_names: tuple[str, ...]
    heads: tuple[str, ...]
    receptive_fields: dict[str, tuple[int, int]]
    dropout: nn.Dropout
    linear: nn.Linear
    familiarity: Familiarity | None

    def listen(self, log_mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the last layer goes by, [B, D], and what the modules of ``layer_names`` gave."""
        raise NotImplementedError

    def end(self, config: NetworkConfig, width: int, channels: Sequence[int], classes: int) -> None:
        """Build what comes after ``listen``.

        Args:
            width: D.
            channels: those of ``layer_channels``.
        """
        self.layer_channels = tuple(channels)
        self.dropout = nn.Dropout(config.dropout)
        self.linear = nn.Linear(width, classes)
        self.familiarity = Familiarity(channels) if config.familiarity else None

    @property
    def poolings(self) -> list[Pooling]:
        """What makes of the maps that ``heads`` give the numbers that ``linear`` goes by, in its order."""
        raise NotImplementedError

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of sounds of no class that it tells apart."""
        return () if self.familiarity is None else self.familiarity.strangeness.kinds

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """Those of ``kinds`` that it never finds, as one of its classes is of that kind."""
        return () if self.familiarity is None else self.familiarity.strangeness.ruled_out

    def forward(self, log_mel: Tensor) -> Tensor:
        heard, layers = self.listen(log_mel)
        scores: Tensor = self.linear(self.dropout(heard))
        return scores if self.familiarity is None else self.familiarity(scores, layers)
