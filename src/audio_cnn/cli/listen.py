"""``audio-cnn listen``: a sound that goes on, named while it does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from audio_cnn.cli.terminal import ModelOption, standard_input
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.prediction.records import HeardWindow
    from audio_cnn.waveform.live import LiveWav, LiveWindow

EXAMPLE = "arecord -f S16_LE -r 44100 | audio-cnn listen"
A_DAY_S = 86_400
PIECE_BYTES = 2**16


def at_most_a_day(value: float) -> float:
    """The seconds, if they are so few; infinity and what is no number are not."""
    if not value <= A_DAY_S:
        raise typer.BadParameter(f"{value:g} is more than {A_DAY_S}, a day")
    return value


class LineFormat(StrEnum):
    """How lines are written."""

    TABLE = "table"
    JSONL = "jsonl"


def listen(
    *,
    every_s: Annotated[
        float,
        typer.Option("--every", min=0.1, callback=at_most_a_day, help="Seconds from one answer to the next."),
    ] = 1.0,
    top: Annotated[int, typer.Option(min=1, help="How many classes to name each time.")] = 3,
    format_: Annotated[
        LineFormat, typer.Option("--format", "-f", help="How to write the answers.")
    ] = LineFormat.TABLE,
    model: ModelOption,
) -> None:
    """Name a sound that goes on, from a microphone or a stream.

    Takes a WAV stream on standard input, from whichever program has one, and
    says every second what the last five sound like, one line each, until the
    stream ends. Lines of JSON (jsonl) are those of the timeline of
    'audio-cnn classify --windows --format jsonl', and have the time, in UTC.

    [bold]Examples[/bold]

      arecord -f S16_LE -r 44100 | audio-cnn listen
      ffmpeg -i rtsp://camera/audio -f wav - | audio-cnn listen --every 5
      ffmpeg -i http://radio/stream -f wav - | audio-cnn listen -f jsonl >> heard.jsonl
    """
    if standard_input().isatty():
        raise ConfigError(f"listen takes a WAV stream on standard input: {EXAMPLE}")
    for heard in answers(model, every_s):
        write_line(heard, format_, top)


def answers(model: str, every_s: float) -> Iterator[HeardWindow]:
    """What standard input sounds like, again and again."""
    from audio_cnn.prediction import Classifier
    from audio_cnn.prediction.records import HeardWindow
    from audio_cnn.waveform.live import LiveWav

    classifier = Classifier(model)
    window_s = classifier.info.front_end.window_s
    for window in windows_of(LiveWav(classifier.limits, window_s=window_s, every_s=every_s)):
        prediction = classifier.classify(window.samples, sample_rate_hz=window.sample_rate_hz)
        yield HeardWindow(window.start_s, window.end_s, prediction)


def windows_of(sound: LiveWav) -> Iterator[LiveWindow]:
    """The windows of the stream on standard input, as soon as each is there."""
    while not sound.ended and (piece := standard_input().read1(PIECE_BYTES)):
        yield from sound.feed(piece)
    yield from sound.end()


def write_line(heard: HeardWindow, format_: LineFormat, top: int) -> None:
    """Write one answer, there to be read at once."""
    from audio_cnn.output.document import live_document
    from audio_cnn.output.table import heard_line

    if format_ is LineFormat.JSONL:
        print(json.dumps(live_document(heard, top), ensure_ascii=False), flush=True)
    else:
        from rich.console import Console

        # A line is cut to a terminal's width, and to nothing else.
        Console(emoji=False, soft_wrap=not sys.stdout.isatty()).print(
            heard_line(heard, top), no_wrap=True, overflow="ellipsis"
        )
        sys.stdout.flush()
