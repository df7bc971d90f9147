"""Every number of the system, with its unit in its name, as frozen dataclasses.

A preset file (TOML, see ``configs/``) holds only what differs from the defaults here;
``load`` and ``from_dict`` reject keys that do not exist, so a typo cannot pass unseen.
"""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

from audio_cnn.bounds import Section, Within
from audio_cnn.errors import ConfigError

Share = Annotated[float, Within(0, 1)]
ShareBelowOne = Annotated[float, Within(0, below=1)]
Positive = Annotated[float, Within(above=0)]
NotNegative = Annotated[float, Within(0)]
Count = Annotated[int, Within(0)]
OneOrMore = Annotated[int, Within(1)]

Fill: TypeAlias = Literal["repeat", "silence", "both"]


@dataclass(frozen=True)
class AudioLimits:
    """What a sound may be before decoding stops with ``AudioTooLargeError``."""

    bytes: int = 64 * 2**20
    decoded_s: float = 600.0
    channels: int = 16
    sample_rate_min_hz: int = 1_000
    sample_rate_max_hz: int = 384_000


@dataclass(frozen=True)
class FrontEnd(Section):
    """From waveform to log-mel.

    Defaults are the formula that the shipped model's training data was made with: power
    spectrogram of periodic Hann windows, zero-padded centred frames, Slaney mel bands with
    area norm, dB relative to the window's own maximum, floor, then min-max to 0..1.
    ``frames`` columns are picked from the STFT frames, the k-th at
    ``floor((k + 0.5) * stft_frames / frames_span)``. ``fill`` says how a sound shorter than the
    window is lengthened: repeated to and fro, followed by silence, or both, heard as two windows.
    """

    section: ClassVar[str] = "front_end"

    sample_rate_hz: OneOrMore = 44_100
    window_s: Positive = 5.0
    n_fft: Annotated[int, Within(2)] = 2048
    hop_samples: OneOrMore = 512
    mel_bands: OneOrMore = 128
    fmin_hz: NotNegative = 0.0
    fmax_hz: Positive = 8_000.0
    top_db: Positive = 80.0
    frames: OneOrMore = 173
    frames_span: Positive = 173.6
    fill: Fill = "both"

    @property
    def window_samples(self) -> int:
        """Length of one window: T."""
        return round(self.window_s * self.sample_rate_hz)

    @property
    def stft_frames(self) -> int:
        """Centred frames in one window, before columns are picked."""
        return 1 + self.window_samples // self.hop_samples

    @property
    def frame_s(self) -> float:
        """Seconds from one picked column to the next."""
        return self.stft_frames / self.frames_span * self.hop_samples / self.sample_rate_hz

    def column_index(self) -> list[int]:
        """STFT frame of each of the ``frames`` columns."""
        step = self.stft_frames / self.frames_span
        return [int((k + 0.5) * step) for k in range(self.frames)]


@dataclass(frozen=True)
class NetworkConfig(Section):
    """Shape of the network. ``family`` names the entry in ``network.registry``.

    ``smooth_shortcut``, ``heads``, ``expansion`` and ``scale`` are for some families only (docs/networks.md),
    ``members`` for the family ``ensemble`` alone.
    With ``familiarity`` the scores of sounds that are likely of no class are lowered.
    """

    section: ClassVar[str] = "network"

    family: str = "resnet"
    blocks: Annotated[tuple[int, ...], Within(1)] = (1, 2, 2, 2)
    channels: Annotated[tuple[int, ...], Within(1)] = (32, 64, 128, 256)
    stem_kernel: OneOrMore = 5
    stem_pool: bool = False
    frequency_channel: bool = True
    pooling: Literal["mean", "mean+max", "sounding"] = "mean+max"
    squeeze: Count = 0
    smooth_shortcut: bool = False
    heads: OneOrMore = 4
    expansion: OneOrMore = 6
    scale: float = 0.0
    stochastic_depth: ShareBelowOne = 0.0
    dropout: ShareBelowOne = 0.5
    familiarity: bool = False
    members: tuple[NetworkConfig, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        # Only odd kernels halve the frames as "sounding" halves what it knows of them.
        if self.pooling == "sounding" and self.stem_kernel % 2 == 0:
            raise ConfigError(
                f"network.stem_kernel is {self.stem_kernel}; with network.pooling = 'sounding' it must be odd"
            )


@dataclass(frozen=True)
class AugmentationConfig(Section):
    """Changes to a training batch that keep (or mix) its labels. Shares and lengths are 0..1.

    ``unmixed_share`` is that of the epochs, the last ones, in which nothing is mixed any more, so that the
    network ends on sounds as it will meet them.
    Poor recordings: of the examples, ``piece_share`` are cut short, ``room_share`` get a tail, ``band_limit``
    lose their treble, and ``noise_share`` get noise of up to ``noise_db``; from the ``start``, or in the
    ``ending`` of ``TrainingConfig`` only.
    """

    section: ClassVar[str] = "augmentation"

    crop_frames: Count = 86
    roll: bool = True
    tempo: ShareBelowOne = 0.0
    pitch_bands: NotNegative = 0.0
    mix: Literal["power", "mixup", "none"] = "power"
    mix_share: Share = 0.7
    unmixed_share: Share = 0.0
    mixup_alpha: Positive = 0.2
    time_masks: Count = 2
    time_mask_frames: Count = 16
    frequency_masks: Count = 2
    frequency_mask_bands: Count = 16
    equaliser_db: NotNegative = 0.0
    piece_share: Share = 0.0
    room_share: Share = 0.0
    band_limit: Share = 0.0
    noise_db: NotNegative = 0.0
    noise_share: Share = 1.0
    poor_from: Literal["start", "ending"] = "start"
    variant_share: Share = 0.75


@dataclass(frozen=True)
class TrainingConfig(Section):
    """Optimisation.

    ``validate_every`` so many epochs a fold that was left out is looked at; nothing is chosen by it.
    With ``frozen_statistics`` batch norms keep the means and deviations that they begin with.
    ``made_sounds`` of each kind of no class show a finished network with ``familiarity`` what is strange.
    After ``epochs``, which are one cycle of the learning rate, there may be an ending: so many more epochs at
    a constant rate, in which nothing is mixed, and whose plain mean of the weights is what counts.
    With teachers, ``teacher_share`` of the loss is about their answers, the rest about the labels.
    """

    section: ClassVar[str] = "training"

    epochs: OneOrMore = 80
    batch: OneOrMore = 32
    max_lr: Positive = 3e-3
    warmup_share: ShareBelowOne = 0.1
    weight_decay: NotNegative = 0.01
    label_smoothing: ShareBelowOne = 0.1
    ema_decay: ShareBelowOne = 0.998
    clip_norm: Positive = 5.0
    validate_every: Count = 20
    seed: Annotated[int, Within(0, below=2**63)] = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    frozen_statistics: bool = False
    made_sounds: Count = 60
    ending_epochs: Count = 0
    ending_lr: Positive = 3e-4
    teacher_share: Share = 0.5

    @property
    def all_epochs(self) -> int:
        """Those of the one cycle and of the ending."""
        return self.epochs + self.ending_epochs


@dataclass(frozen=True)
class FineTuningConfig(Section):
    """What only training further, ``audio-cnn train --from``, asks for.

    ``held_out_share`` of each class's clips, as whole recordings, is measured with and never learned from.
    An epoch draws as many windows as there are, but no fewer and no more than these. ``probe_decay``
    weighs the squared weights against the loss while the new last layer is fitted.
    """

    section: ClassVar[str] = "fine_tuning"

    held_out_share: ShareBelowOne = 0.2
    fewest_draws: Annotated[int, Within(2)] = 256
    most_draws: Annotated[int, Within(2)] = 2048
    probe_decay: NotNegative = 1.0


@dataclass(frozen=True)
class Config:
    """A whole recipe."""

    name: str = "compact"
    front_end: FrontEnd = field(default_factory=FrontEnd)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    fine_tuning: FineTuningConfig = field(default_factory=FineTuningConfig)


T = TypeVar("T")


def from_dict(cls: type[T], values: Mapping[str, Any], where: str = "") -> T:
    """Build a (nested) config dataclass from plain values, e.g. parsed TOML or JSON.

    Raises:
        ConfigError: for an unknown key, a value of the wrong type, or one that makes no sense.
    """
    names = {each.name for each in dataclasses.fields(cls)}  # type: ignore[arg-type]
    hints = {name: hint for name, hint in typing.get_type_hints(cls).items() if name in names}
    unknown = sorted(set(values) - set(hints))
    if unknown:
        known = ", ".join(sorted(hints))
        raise ConfigError(f"unknown setting '{where}{unknown[0]}'; known here: {known}")
    return cls(**{key: _coerce(hints[key], value, f"{where}{key}") for key, value in values.items()})


def to_dict(config: Any) -> dict[str, Any]:
    """The reverse of ``from_dict``: nested plain values, ready for JSON."""
    return dataclasses.asdict(config)


def differing(one: Config, other: Config) -> dict[str, tuple[Any, Any]]:
    """Settings in which two recipes differ, by the names that ``override`` takes: the values of both."""
    theirs, ours = (dict(_settings(config)) for config in (one, other))
    return {name: (value, ours[name]) for name, value in theirs.items() if value != ours[name]}


def _settings(config: Any, section: str = "") -> typing.Iterator[tuple[str, Any]]:
    for field_ in dataclasses.fields(config):
        value = getattr(config, field_.name)
        if dataclasses.is_dataclass(value):
            yield from _settings(value, f"{section}{field_.name}.")
        else:
            yield f"{section}{field_.name}", value


def load(path: str | Path) -> Config:
    """Read a TOML preset; its file name is the recipe's name unless it gives one.

    Raises:
        ConfigError: the file is missing, is not TOML, or holds unknown settings.
    """
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # of which TOML and text that is none are
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    return from_dict(Config, {"name": path.stem, **values})


def override(config: Config, assignments: typing.Iterable[str]) -> Config:
    """Apply ``section.key=value`` texts (TOML values), as the command line gives them.

    Raises:
        ConfigError: for a text without ``=``, an unknown key, or a bad value.
    """
    values = to_dict(config)
    for text in assignments:
        key, equals, raw = text.partition("=")
        if not equals:
            raise ConfigError(f"'{text}' is not of the form section.key=value")
        try:
            value = tomllib.loads(f"value = {raw}")["value"]
        except (ValueError, RecursionError):
            value = raw
        *sections, name = key.strip().split(".")
        target: Any = values
        for section in sections:
            target = target.get(section) if isinstance(target, dict) else None
            if not isinstance(target, dict):
                raise ConfigError(f"unknown section in '{key}'")
        target[name] = value
    return from_dict(Config, values)


def _coerce(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise ConfigError(f"'{where}' must be a table of settings")
        return from_dict(hint, value, f"{where}.")
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ConfigError(f"'{where}' must be a list")
        item = typing.get_args(hint)[0]
        return tuple(_coerce(item, element, where) for element in value)
    if origin is Literal:
        if value not in typing.get_args(hint):
            choices = ", ".join(map(str, typing.get_args(hint)))
            raise ConfigError(f"'{where}' is {value!r}; it must be one of: {choices}")
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigError(f"'{where}' is {value!r}; it must be of type {hint.__name__}")
    return value
