"""``audio-cnn classify``: what was heard from when to when, and which of it is told."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command
from made_data import class_sound, sine, write_wav

from audio_cnn.prediction import Classifier


@pytest.fixture
def night(three_sounds: Path) -> str:
    """Name of a sound: a dog for three seconds, silence for two, a pig for two."""
    dog, pig = class_sound("dog", seed=1, seconds=3), class_sound("pig", seed=1, seconds=2)
    return str(
        write_wav(Path("größe_20240531_213000.wav"), np.concatenate([dog, sine(440, seconds=2) * 0, pig]))
    )


def segments(outcome: Any) -> list[dict[str, Any]]:
    """Of the one sound, from JSON."""
    (document,) = json.loads(outcome.stdout)
    told: list[dict[str, Any]] = document["segments"]
    return told


def test_segments_are_those_of_the_prediction(classify: Command, classifier: Classifier, night: str) -> None:
    told = segments(classify(night, "--segments", "--format", "json"))

    expected = classifier.classify(night).segments
    assert [(one["start_s"], one["end_s"], one["label"]) for one in told] == [
        (one.start_s, one.end_s, one.label.name) for one in expected if one.label
    ]
    assert (told[0]["start_s"], told[0]["label"], told[0]["state"]) == (0, "dog", "known")
    assert (told[-1]["end_s"], told[-1]["label"]) == (7, "pig")
    assert all(one["confidence"] <= one["highest_confidence"] <= 1 for one in told)
    assert told[0]["recorded_at"] == "2024-05-31T21:30:00.000"


def test_guesses_and_silence_are_kept_for_those_who_ask(classify: Command, night: str) -> None:
    told = segments(classify(night, "--segments", "--unsure", "--format", "json"))

    assert "silence" in [one["state"] for one in told]
    assert told[0]["start_s"] == 0
    assert told[-1]["end_s"] == 7
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(told))  # nothing is missing


@pytest.mark.parametrize(("format_", "heard"), [("table", "Dog"), ("csv", ",dog,"), ("jsonl", '"dog"')])
def test_segments_in_every_format(classify: Command, night: str, format_: str, heard: str) -> None:
    outcome = classify(night, "dog.wav", "gone.wav", "--segments", "--format", format_)

    assert outcome.code == 1
    assert outcome.stderr == "audio-cnn: gone.wav: no such file: gone.wav\n"
    assert outcome.stdout.count(heard) >= 2
    assert "silence" not in outcome.stdout.replace('"silent"', "")


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (["--only", "pig"], {"pig"}),
        (["--only", "Pig, DOG"], {"dog", "pig"}),
        (["--only", "dog", "--only", "pig", "--except", "dog"], {"pig"}),
        (["--except", "pig,rooster"], {"dog"}),
        (["--min-confidence", "1"], set()),
    ],
)
@pytest.mark.parametrize("of", ["--segments", "--windows"])
def test_what_is_told_can_be_chosen(
    classify: Command, night: str, of: str, options: list[str], labels: set[str]
) -> None:
    outcome = classify(night, of, *options, "--top", "1", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert {row["label"] for row in rows if row["state"] != "silence"} == labels


def test_a_choice_of_windows_leaves_the_whole_as_it_is(classify: Command, night: str) -> None:
    (chosen,) = json.loads(classify(night, "--windows", "--only", "pig", "--format", "json").stdout)
    (every,) = json.loads(classify(night, "--windows", "--format", "json").stdout)

    pigs = [one for one in every["timeline"] if one["predictions"][0]["label"] == "pig"]
    assert chosen == every | {"timeline": [one for one in pigs if one["state"] != "silence"]}


@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_whole_sounds_can_be_chosen(classify: Command, three_sounds: Path, format_: str) -> None:
    outcome = classify("-r", ".", "--except", "rooster", "--min-confidence", "0.3", "--format", format_)

    assert outcome.code == 0
    assert ["dog.wav" in outcome.stdout, "pig.wav" in outcome.stdout] == [True, True]
    assert "rooster.wav" not in outcome.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "dogs"], "--only: the model has no class 'dogs'; near it: dog"),
        (["--except", "dog,roster"], "--except: the model has no class 'roster'; near it: rooster"),
        (["--only", "bird"], "--only: the model has no class 'bird'; near it: chirping_birds"),
        (
            ["--only", "鳥"],
            "--only: the model has no class '鳥'; 'audio-cnn models --classes' lists those there are",
        ),
        (["--only", ","], "--only names no class"),
        (
            ["--segments", "--windows"],
            "--windows tells of each window, --segments joins them; give one of the two",
        ),
        (["--unsure"], "--unsure is of --segments; without, what is unsure is told anyway"),
        (["--windows", "--format", "audacity"], "--format audacity is of segments; leave out --windows"),
    ],
)
def test_options_that_make_no_sense_are_one_clear_line(
    classify: Command, three_sounds: Path, options: list[str], said: str
) -> None:
    outcome = classify("dog.wav", *options)

    assert (outcome.code, outcome.stdout, outcome.stderr) == (1, "", f"audio-cnn: {said}\n")
