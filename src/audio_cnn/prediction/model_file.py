"""The model file: an ONNX graph with everything else about the classifier in its metadata.

Graph inputs, either of which may have a batch of zero:

    waveform  float32 [B, T]     one window of sound a row, at the model's rate
    features  float32 [B', M, F] log-mels in 0..1 computed elsewhere

Graph outputs: ``scores`` [B + B', K], ``log_mel`` [B + B', M, F], ``range_db`` [B, 2] (the levels
that 0 and 1 of the log-mel stand for), and each activation by its name. Files that tell kinds of sounds of no
class apart have ``strangeness`` [B + B', R], too: for each kind the logarithm of the odds that a sound is of
it, not of a class, beyond what is usual. All but older ones have ``evidence`` [B + B', K, H, W]: what each
place of the last map adds to each score, before a strange sound's scores are lowered.

Graph initializers called ``network.`` and what PyTorch calls them are the network's weights; matrices and
kernels are stored in 16 bits, with ``.half`` behind their names.
"""

from __future__ import annotations

import itertools
import json
import math
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from audio_cnn.config import FrontEnd, from_dict
from audio_cnn.errors import ConfigError, ModelError
from audio_cnn.labels import Label
from audio_cnn.prediction.pruning import with_outputs

# How long a thread stays awake for more work: from one request to the next of a client that waits for each
# answer; being woken costs more than the work that is shared.
SPIN_US = "2000"
METADATA_KEY = "audio_cnn"
FORMAT = 1
DEFAULT_MODEL = "ensemble"
INPUT_WAVEFORM = "waveform"
INPUT_FEATURES = "features"
OUTPUT_SCORES = "scores"
OUTPUT_LOG_MEL = "log_mel"
OUTPUT_RANGE_DB = "range_db"
OUTPUT_STRANGENESS = "strangeness"
OUTPUT_EVIDENCE = "evidence"
NETWORK = "network."
HALF = ".half"
DAMAGED = ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError
"""What reading a description that somebody has changed may raise."""


@dataclass(frozen=True)
class Rejection:
    """When the model says that it is not sure.

    Attributes:
        least_confidence: an answer with less, 0..1, is a guess.
        accepted: share of the held-out clips of known classes whose answers have as much or more.
    """

    least_confidence: float
    accepted: float


@dataclass(frozen=True)
class ModelInfo:
    """What a model file says about itself.

    Attributes:
        name: the recipe's name, e.g. ``"compact"``.
        labels: the K classes in output order.
        front_end: from waveform to log-mel, for axes and windows.
        band_hz: centre frequency of each mel band, ascending, [M].
        activations: names of the activations the graph offers, in the order the sound meets them.
        receptive_fields: name -> bands and frames of the log-mel that one place of an activation sees.
        temperature: scores are divided by this before the softmax.
        rejection: when it says that it is not sure; None: never, as in files older than this.
        kinds: the R kinds of sounds of no class that it tells apart; none in files older than this.
        ruled_out: those of them that it never finds, as one of its classes is of that kind.
        evidence: it tells where it has heard what speaks for each class; not in files older than this.
        parameters: number of trained values.
        record: how it was trained and measured, and its licence; free form.
        family: kind of network, e.g. ``"resnet"``; None in files that are too old to tell.
        multiply_adds: of the network for one window, the front end apart; None likewise.
    """

    name: str
    labels: tuple[Label, ...]
    front_end: FrontEnd
    band_hz: tuple[float, ...]
    activations: tuple[str, ...]
    receptive_fields: dict[str, tuple[int, int]]
    temperature: float
    rejection: Rejection | None
    parameters: int
    record: dict[str, Any]
    kinds: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    evidence: bool = False
    family: str | None = None
    multiply_adds: int | None = None

    @property
    def kinds_found(self) -> tuple[str, ...]:
        """The kinds of sounds of no class that an answer may tell of."""
        return tuple(kind for kind in self.kinds if kind not in self.ruled_out)

    @property
    def accuracy(self) -> float | None:
        """Share of held-out clips that were named rightly, as the record says; None: it does not.

        Of a cross-validation's networks, all trained as this one was; or else of this one.
        """
        for measured, figure in (("cross_validation", "mean_accuracy"), ("held_out", "accuracy")):
            figures = self.record.get(measured) if isinstance(self.record, dict) else None
            stated = figures.get(figure) if isinstance(figures, dict) else None
            if isinstance(stated, float) and 0 <= stated <= 1:
                return stated
        return None


def info_from_json(text: str) -> ModelInfo:
    """Parse the metadata of a model file.

    Raises:
        ModelError: not this format, or damaged.
    """
    try:
        values = json.loads(text)
        if values["format"] != FORMAT:
            raise ModelError(f"the model file has format {values['format']}; this version reads {FORMAT}")
        front_end = from_dict(FrontEnd, values["front_end"])
        return ModelInfo(
            name=_text(values["name"]),
            labels=tuple(_label(i, **label) for i, label in enumerate(values["labels"])),
            front_end=front_end,
            band_hz=_ascending(values["band_hz"], front_end.mel_bands),
            activations=tuple(values["activations"]),
            receptive_fields={name: (b, f) for name, (b, f) in values.get("receptive_fields", {}).items()},
            temperature=_temperature(values["temperature"]),
            rejection=_rejection(values.get("rejection")),
            parameters=int(values["parameters"]),
            record=values["record"],
            kinds=tuple(_text(kind) for kind in values.get("kinds", ())),
            ruled_out=tuple(_text(kind) for kind in values.get("ruled_out", ())),
            evidence=bool(values.get("evidence", False)),
            family=_text(values["family"]) if "family" in values else None,
            multiply_adds=int(values["multiply_adds"]) if "multiply_adds" in values else None,
        )
    except (ConfigError, *DAMAGED) as error:
        raise ModelError(f"the model file's description is damaged: {error!r}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    if any(unicodedata.category(letter) == "Cc" for letter in value):
        raise ValueError(f"{value!r} has control characters")
    return value


def _ascending(values: Any, count: int) -> tuple[float, ...]:
    numbers = tuple(map(float, values))
    if len(numbers) != count or not all(a < b < math.inf for a, b in itertools.pairwise(numbers)):
        raise ValueError(f"there are not {count} ascending frequencies")
    return numbers


def _label(index: int, name: Any, category: Any = "", emoji: Any = Label.emoji) -> Label:
    return Label(index, _text(name), _text(category), _text(emoji))


def _temperature(value: Any) -> float:
    temperature = float(value)
    if not 0 < temperature < math.inf:
        raise ValueError(f"a temperature of {temperature}")
    return temperature


def _rejection(values: dict[str, Any] | None) -> Rejection | None:
    if values is None:
        return None
    rejection = Rejection(float(values["least_confidence"]), float(values["accepted"]))
    if not (0 <= rejection.least_confidence <= 1 and 0 <= rejection.accepted <= 1):
        raise ValueError(f"{rejection} is not in 0..1")
    return rejection


def shipped_models() -> dict[str, Path]:
    """Model files that come with the package, by name; the default one first."""
    files = Path(str(resources.files("audio_cnn") / "models")).glob("*.onnx")
    return {path.stem: path for path in sorted(files, key=lambda path: (path.stem != DEFAULT_MODEL, path))}


def find_model(name_or_path: str | Path) -> Path:
    """The file of a shipped model's name, or the path itself.

    Raises:
        ModelError: neither.
    """
    shipped = shipped_models()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    path = Path(name_or_path)
    if path.is_file():
        return path
    names = ", ".join(shipped) or "none"
    raise ModelError(f"no model '{name_or_path}': not a file, and not one that is shipped ({names})")


def open_session(
    path: Path, *, threads: int = 0, outputs: Collection[str] | None = None
) -> tuple[onnxruntime.InferenceSession, ModelInfo]:
    """Load a model file into ONNX Runtime.

    Args:
        threads: cores to use; 0 means one thread for each.
        outputs: the only ones that will be asked for, which makes these faster; all if not given.

    Raises:
        ModelError: not ONNX, or not made by this package.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.spin_duration_us", SPIN_US)
    try:
        model = path.read_bytes()
        if outputs is not None:
            model = with_outputs(model, outputs)
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises a family of its own that has no common base
        raise ModelError(f"{path} is not a usable ONNX file: {error}") from error
    metadata = session.get_modelmeta().custom_metadata_map
    if METADATA_KEY not in metadata:
        raise ModelError(f"{path} is an ONNX file, but not one that 'audio-cnn export' has made")
    info = info_from_json(metadata[METADATA_KEY])
    told = {one.name: one.shape for one in (*session.get_inputs(), *session.get_outputs())}
    for name, axes in _promised(info).items():
        dropped = outputs is not None and name not in (INPUT_WAVEFORM, INPUT_FEATURES, *outputs)
        if not dropped and (name not in told or told[name][1 : 1 + len(axes)] != axes):
            raise ModelError(f"{path} is damaged: its graph lacks the '{name}' that its description promises")
    return session, info


def _promised(info: ModelInfo) -> dict[str, list[int]]:
    """The graph's inputs and outputs: name -> as many axes behind the first one as the description tells."""
    log_mel = [info.front_end.mel_bands, info.front_end.frames]
    axes = {
        INPUT_WAVEFORM: [info.front_end.window_samples],
        INPUT_FEATURES: log_mel,
        OUTPUT_SCORES: [len(info.labels)],
        OUTPUT_LOG_MEL: log_mel,
        OUTPUT_RANGE_DB: [2],
        **{name: [] for name in info.activations},
    }
    if info.kinds:
        axes[OUTPUT_STRANGENESS] = [len(info.kinds)]
    if info.evidence:
        axes[OUTPUT_EVIDENCE] = [len(info.labels)]
    return axes


def empty_batch(name: str, info: ModelInfo) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A batch of zero rows for an input that is not used."""
    front_end = info.front_end
    shapes = {
        INPUT_WAVEFORM: (0, front_end.window_samples),
        INPUT_FEATURES: (0, front_end.mel_bands, front_end.frames),
    }
    return np.zeros(shapes[name], dtype=np.float32)
