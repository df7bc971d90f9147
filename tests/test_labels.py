"""The 50 classes, against the data set's own table where it is at hand."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from audio_cnn.labels import ESC50, Label, labels_for


def test_fifty_classes_in_five_groups_of_ten() -> None:
    assert [label.index for label in ESC50] == list(range(50))
    assert len({label.name for label in ESC50}) == 50
    assert len({label.emoji for label in ESC50}) == 50
    assert set(Counter(label.category for label in ESC50).values()) == {10}
    assert len({label.category for label in ESC50}) == 5


def test_order_and_spelling_are_the_data_sets_own(shared_data: Path) -> None:
    with (shared_data / "esc50.csv").open(newline="", encoding="utf-8") as file:
        table = {int(row["target"]): row["category"] for row in csv.DictReader(file)}

    assert table == {label.index: label.name for label in ESC50}


def test_some_places_in_the_order() -> None:
    places = {0: "dog", 10: "rain", 20: "crying_baby", 30: "door_wood_knock", 49: "hand_saw"}

    assert {index: ESC50[index].name for index in places} == places


def test_title_reads_like_words() -> None:
    assert ESC50[46].title == "Church bells"
    assert Label(0, "_own__class").title == "Own  class"


def test_known_names_keep_their_emoji_and_own_names_get_a_plain_label() -> None:
    siren, own = labels_for(["siren", "my_dishwasher"])

    assert (siren.index, siren.category, siren.emoji) == (0, "exterior/urban", "🚨")
    assert own == Label(1, "my_dishwasher", "", "🔊")


def test_pictographs_of_ones_own_come_before_those_that_are_known() -> None:
    kettle, dog, cat = labels_for(["kettle", "dog", "cat"], {"kettle": "🫖", "cat": "🐾"})

    assert [label.emoji for label in (kettle, dog, cat)] == ["🫖", "🐕", "🐾"]
    assert (kettle.category, cat.category) == ("", "animals")
