"""The wire, for OpenAPI: what each answer holds, in which unit."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from audio_cnn.prediction.records import State


class ScoredLabel(BaseModel):
    """One class and how sure the model is of it."""

    label: str = Field(description="Identifier of the class.", examples=["church_bells"])
    title: str = Field(description="The same for people.", examples=["Church bells"])
    emoji: str = Field(examples=["🔔"])
    category: str = Field(description="Group of classes; empty for classes of one's own.")
    confidence: float = Field(ge=0, le=1, description="Calibrated probability.", examples=[0.97])


class Answer(BaseModel):
    """What a sound is."""

    model: str = Field(description="What heard it, by the name that asks for it.", examples=["ensemble"])
    predictions: list[ScoredLabel] = Field(description="Likeliest first.")
    duration_s: float = Field(description="Length of the sound.", examples=[5.0])
    windows: int = Field(description="How many windows of it were listened to.", examples=[1])
    silent: bool = Field(description="Nothing was to be heard; the predictions then mean nothing.")
    state: State = Field(
        description="known: the likeliest class is the answer. unsure: it is a guess, its confidence being "
        "below the model's threshold; it may be none of the classes. silence: nothing was to be heard."
    )
    resembles: str | None = Field(
        description="Where it is unsure, or most windows of a long sound are: the kind of sound of no class "
        "that it is most like: speech, music, noise, tones, hum or clicks. Null where it cannot tell.",
        examples=["speech"],
    )
    sounds: list[str] = Field(
        description="Labels of what can be told. More than one where a long sound is clearly of different "
        "classes one after another, what lasts longest first; none in silence, and where all is a guess.",
        examples=[["church_bells"]],
    )
    uncertainty: float = Field(
        ge=0,
        le=1,
        description="Entropy of the probabilities relative to its maximum: 0 all on one class, 1 all alike.",
        examples=[0.08],
    )


class ClassConfidence(BaseModel):
    """One class and how sure the model is of it, in short."""

    label: str
    confidence: float


class ClassifiedWindow(BaseModel):
    """What was heard in one window of a sound; all but the times as of the whole sound."""

    start_s: float
    end_s: float
    predictions: list[ClassConfidence]
    state: State
    resembles: str | None
    uncertainty: float


class Segment(BaseModel):
    """A stretch of a sound in which one and the same was heard."""

    start_s: float
    end_s: float
    label: str | None = Field(description="Null: silence.")
    confidence: float = Field(description="Mean of its windows.")
    highest_confidence: float = Field(description="Of the window that is surest.")
    state: State = Field(description="Others than known only where `unsure` asks for them.")
    resembles: str | None = Field(description="Of a guess: as of the whole sound.")
    windows: int


class Classification(Answer):
    """What a sound is and, where that is asked for, when."""

    timeline: list[ClassifiedWindow] | None = Field(
        None, description="With `windows` only: each window that is wanted."
    )
    segments: list[Segment] | None = Field(
        None, description="With `segments` only: what was heard from when to when, of what is wanted."
    )


class LiveAnswer(Answer):
    """What the newest window of a sound that goes on is: a message of `/api/v1/listen`."""

    start_s: float = Field(description="Where the window begins, from when the sound began.")
    end_s: float
    time: str = Field(description="When it was heard, in UTC.", examples=["2024-05-31T21:30:02.500Z"])


class Bytes8(BaseModel):
    """An array of eight-bit numbers: value = min + byte / 255 * (max - min)."""

    shape: list[int] = Field(description="Rows (lowest band first) and columns, or one length.")
    min: float
    max: float
    data: str = Field(description="The bytes, row by row, in base64.")


class Waveform(BaseModel):
    """Lowest and highest sample of equal stretches of the whole sound."""

    sample_rate_hz: int
    duration_s: float
    low: Bytes8
    high: Bytes8


class Spectrogram(Bytes8):
    """The log-mel that the network saw; ``min`` and ``max`` in dB of mel power."""

    hz: list[float] = Field(description="Centre of each row.")
    start_s: float = Field(description="Where in the sound the first column begins.")
    frame_s: float = Field(description="From one column to the next.")


class ActivationMap(Bytes8):
    """Mean over the channels of one activation."""

    name: str = Field(examples=["layer2"])
    layer: str = Field(examples=["layer2"])
    inner: str = Field(description="Part inside the layer; empty for the layer itself.")
    channels: int
    band_step: float = Field(description="Rows of the spectrogram to one row of the map.")
    frame_step: float = Field(description="Columns of the spectrogram to one column of the map.")
    field_bands: int | None = Field(
        description="Rows of the spectrogram that one place of the map sees, around row * band_step."
    )
    field_frames: int | None = Field(
        description="Columns of the spectrogram that one place of the map sees, around column * frame_step."
    )


class EvidenceMap(Bytes8):
    """What each place of the last map adds to the score of a class: it speaks for it, or below 0 against it.

    All places and the class's own constant are the score, as it is before that of a strange sound is lowered.
    """

    label: str = Field(examples=["church_bells"])
    band_step: float = Field(description="Rows of the spectrogram to one row of the map.")
    frame_step: float = Field(description="Columns of the spectrogram to one column of the map.")


class HeardWindow(BaseModel):
    """The likeliest class of one window of a longer sound."""

    start_s: float
    end_s: float
    label: str
    confidence: float
    state: State = Field(description="As of the whole sound: where it is not known, the label is a guess.")
    resembles: str | None = Field(description="As of the whole sound.")


class AnalysisDocument(Answer):
    """A sound, and everything that the network saw of it in the window that decided."""

    id: str = Field(description="For GET /api/v1/analyses/{id}/activations/{name}.")
    expires_s: float = Field(description="How long the id can be used.")
    timeline: list[HeardWindow] = Field(description="Empty unless the sound is longer than one window.")
    waveform: Waveform
    spectrogram: Spectrogram
    evidence: list[EvidenceMap] = Field(
        description="Of the five likeliest classes, likeliest first. None in silence, and from older models."
    )
    activations: list[ActivationMap] = Field(description="In the order the sound meets them.")


class LabelInfo(BaseModel):
    """A class the model knows."""

    index: int
    label: str
    title: str
    emoji: str
    category: str


class FrontEndInfo(BaseModel):
    """From waveform to log-mel."""

    model_config = ConfigDict(extra="allow")

    sample_rate_hz: int
    window_s: float
    n_fft: int
    mel_bands: int
    frames: int


class RejectionInfo(BaseModel):
    """When the model says that it is not sure."""

    least_confidence: float = Field(ge=0, le=1, description="An answer with less is a guess.")
    accepted: float = Field(
        ge=0, le=1, description="Share of held-out clips of known classes whose answers have as much."
    )


class ModelCard(BaseModel):
    """What the model says about itself."""

    name: str
    family: str | None = Field(
        description="Kind of network; null in a file too old to tell.", examples=["resnet"]
    )
    parameters: int
    multiply_adds: int | None = Field(
        description="Of the network for one window, the front end apart; null likewise."
    )
    size_bytes: int
    classes: int
    temperature: float = Field(description="Scores are divided by this before the softmax.")
    rejection: RejectionInfo | None = Field(description="None: the model never says that it is not sure.")
    kinds: list[str] = Field(description="Kinds of sounds of no class that `resembles` can tell apart.")
    activations: list[str]
    front_end: FrontEndInfo
    record: dict[str, Any] = Field(description="How it was trained and measured, and its licence.")


class ModelSummary(BaseModel):
    """A model that a request can ask for."""

    name: str = Field(description="For the parameter `model`.", examples=["compact"])
    parameters: int
    classes: int
    accuracy: float | None = Field(description="On held-out sounds, as its record says; null: unknown.")
    upload_bytes: int = Field(description="Largest upload that the server takes.", examples=[33_554_432])
    sound_s: float = Field(description="Longest sound that it takes.", examples=[300.0])


class SampleInfo(BaseModel):
    """A sound to try."""

    id: str = Field(examples=["rain-24"])
    label: str = Field(description="The class it is of.")
    title: str
    emoji: str
    credit: str
    licence: str
    audio: str = Field(description="Address of the file.", examples=["/api/v1/samples/rain-24/audio"])


class Health(BaseModel):
    """One word."""

    status: str = Field(examples=["ok"])


class InferenceRequest(BaseModel):
    """A file in base64."""

    audio_data: str = Field(description="Bytes of a sound file in base64.")


class InferencePrediction(BaseModel):
    """One of the three likeliest classes."""

    model_config = ConfigDict(populate_by_name=True)

    class_: str = Field(alias="class", examples=["dog"])
    confidence: float


class InferenceMap(BaseModel):
    """A map as nested lists of numbers."""

    shape: list[int] = Field(description="Rows and columns.")
    values: list[list[float]]


class InferenceWaveform(BaseModel):
    """About 8,000 samples of the sound."""

    values: list[float]
    sample_rate: int
    duration: float


class InferenceAnswer(BaseModel):
    """Predictions, a mean map of each activation, the spectrogram and the waveform, all as numbers."""

    predictions: list[InferencePrediction]
    visualization: dict[str, InferenceMap]
    input_spectrogram: InferenceMap
    waveform: InferenceWaveform
