"""Predictions as a table."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from audio_cnn.labels import ESC50, labels_for
from audio_cnn.output.document import NamedPrediction
from audio_cnn.output.listing import segments_listing, windows_listing
from audio_cnn.output.table import bar, common_folder, prediction_table
from audio_cnn.prediction import Prediction


def heard(best: int, confidence: float, *, silent: bool = False, least: float = 0.0) -> Prediction:
    answers = np.full(50, (1 - confidence) / 49, dtype=np.float32)
    answers[best] = confidence
    return Prediction(ESC50, answers, answers[None], duration_s=5.04, silent=silent, least_confidence=least)


def drawn(*results: NamedPrediction, top: int = 3, width: int = 120) -> str:
    return printed(prediction_table(results, top=top, width=width), width)


def printed(what: RenderableType, width: int = 80) -> str:
    file = io.StringIO()
    Console(file=file, width=width).print(what)
    return file.getvalue()


def test_a_row_names_the_sound_and_how_sure_it_is() -> None:
    header, row = drawn(NamedPrediction("dog.wav", heard(0, 0.5))).splitlines()

    assert header.split() == ["file", "length", "sounds", "like", "confidence", "or"]
    assert "dog.wav" in row
    assert "5.0 s" in row
    assert "🐕 Dog" in row
    assert "██████ " in row
    assert "50%" in row
    assert "Rooster 1%, 🐖 Pig 1%" in row


def test_runners_up_that_are_not_likely_are_not_named() -> None:
    _header, row = drawn(NamedPrediction("dog.wav", heard(0, 0.75))).splitlines()

    assert "Rooster" not in row


def test_only_the_best_where_one_is_wanted() -> None:
    header, row = drawn(NamedPrediction("dog.wav", heard(0, 0.75)), top=1).splitlines()

    assert header.split()[-1] == "confidence"
    assert "Rooster" not in row


def test_silence_is_called_silence() -> None:
    table = drawn(NamedPrediction("quiet.wav", heard(3, 0.9, silent=True)))

    assert "🔇 silence" in table
    assert "Cow" not in table


def test_a_guess_is_called_not_sure() -> None:
    guess = NamedPrediction("odd.wav", heard(3, 0.3, least=0.31))
    answer = NamedPrediction("good.wav", heard(3, 0.3, least=0.29))

    _header, unsure, known = drawn(guess, answer).splitlines()

    assert "not sure: 🐄 Cow" in unsure
    assert "30%" in unsure
    assert "not sure" not in known


def test_a_guess_says_what_else_a_sound_of_no_class_may_be() -> None:
    guess, answer = (
        replace(heard(3, 0.3, least=least), window_s=6.0, window_kinds=("music",)) for least in (0.31, 0.29)
    )

    table = drawn(NamedPrediction("odd.wav", guess), NamedPrediction("good.wav", answer))

    assert table.count("or music") == 1
    assert "not sure: 🐄 Cow or music" in table


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_what_it_is_and_how_sure_that_is_can_be_read_at_any_width(width: int) -> None:
    answer = NamedPrediction("door_wood_knock-7.flac", heard(30, 0.6))

    header, *rows = drawn(answer, width=width).splitlines()

    assert header.split()[:5] == ["file", "length", "sounds", "like", "confidence"]
    assert "🚪 Door wood knock  ███████▎      60%" in rows[0]
    assert max(map(cell_len, rows)) <= width
    assert "".join(row[: header.index("length")].strip() for row in rows) == "door_wood_knock-7.flac"


@pytest.mark.parametrize("width", [36, 40, 52])
def test_on_a_narrow_terminal_the_number_stays(width: int) -> None:
    answer = NamedPrediction("door_wood_knock-7.flac", heard(30, 0.6))

    header, *rows = drawn(answer, width=width).splitlines()

    assert header.split()[-3:] == ["sounds", "like", "sure"]
    assert ("length" in header) is (width > 50)
    assert "🚪 Door wood knock   60%" in rows[0]
    assert max(map(cell_len, rows)) <= width
    names = header.index(header.split()[1])
    assert "".join(row[:names].strip() for row in rows) == "door_wood_knock-7.flac"


def test_a_guess_with_a_long_name_leaves_the_file_less_room() -> None:
    guess = NamedPrediction("door_wood_knock-7.flac", heard(30, 0.3, least=0.31))

    _header, *rows = drawn(guess, width=40).splitlines()

    assert "not sure: 🚪 Door wood knock   30%" in rows[0]
    assert "".join(row[:4].strip() for row in rows) == "door_wood_knock-7.flac"


@pytest.fixture
def night() -> Prediction:
    """A dog, silence, and a sheep, a minute apart."""
    each = np.full((3, 50), 0.01, dtype=np.float32)
    each[0, 0] = each[1, 3] = each[2, 8] = 0.51
    return Prediction(
        ESC50,
        each.mean(axis=0),
        each,
        duration_s=68.0,
        window_starts_s=np.array([0, 59.96, 63]),
        window_s=5.0,
        window_silent=np.array([False, True, False]),
    )


def test_a_listing_has_the_file_once_and_a_row_for_each_window(night: Prediction) -> None:
    results = [NamedPrediction("night/one.wav", night), NamedPrediction("night/two.wav", heard(0, 0.75))]

    header, *rows = printed(windows_listing(results, top=1)).splitlines()

    assert header.split() == ["when", "sounds", "like", "confidence"]
    assert [row.split()[:3] for row in rows] == [
        ["one.wav"],
        ["0:00.0", "to", "0:05.0"],
        ["1:00.0", "to", "1:05.0"],
        ["1:03.0", "to", "1:08.0"],
        ["two.wav"],
        ["0:00.0", "to", "0:05.0"],
    ]
    assert [("51%" in row, "silence" in row) for row in rows[1:4]] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip


def test_a_listing_of_segments(night: Prediction) -> None:
    result = NamedPrediction("night.wav", night)

    header, *rows = printed(segments_listing([result])).splitlines()
    told = printed(segments_listing([result], unsure=True))

    assert header.split() == ["when", "sounds", "like", "confidence", "highest"]
    assert [row.split()[:3] for row in rows] == [
        ["night.wav"], ["0:00.0", "to", "0:05.0"], ["1:04.0", "to", "1:08.0"],
    ]  # fmt: skip
    assert rows[1].split()[-2:] == ["51%", "51%"]
    assert "silence" in told
    assert "not sure: 🐕 Dog" in printed(segments_listing([replaced(result, 0.6)], unsure=True))


def replaced(result: NamedPrediction, least: float) -> NamedPrediction:
    assert result.prediction
    return replace(result, prediction=replace(result.prediction, least_confidence=least))


def test_a_listing_says_where_nothing_was_heard(night: Prediction) -> None:
    results = [NamedPrediction("a.wav", night), NamedPrediction("b.wav", heard(3, 0.9, silent=True))]

    assert printed(segments_listing(results)).splitlines()[-2:] == ["b.wav", "  nothing"]
    assert printed(segments_listing(results[1:])).split() == ["b.wav", "nothing"]
    assert printed(windows_listing([NamedPrediction("bad.wav", error="torn")], top=1)).strip() == ""


@pytest.mark.parametrize("width", [44, 60, 80])
def test_a_listing_fits_a_terminal(night: Prediction, width: int) -> None:
    long_name = "recorder_" * 9 + ".wav"

    listing = printed(windows_listing([NamedPrediction(long_name, night)], top=3, width=width), width)

    assert max(map(cell_len, listing.splitlines())) <= width
    assert long_name in listing.replace("\n", "")
    assert listing.count("51%") == 2


def test_without_an_edge_nothing_is_folded_or_left_out() -> None:
    answer = NamedPrediction("recorder_" * 9 + ".wav", heard(30, 0.5))

    _header, row = printed(prediction_table([answer], top=9, width=None), 1_000).splitlines()

    assert answer.file in row
    assert row.count("1%") == 8


def test_several_sounds_are_all_named_and_have_no_share() -> None:
    def long(*shares: float) -> Prediction:
        """A dog, a cow and a sheep, each for so much of it."""
        each = np.full((len(shares), 50), 0.001, dtype=np.float32)
        each[range(len(shares)), [0, 3, 8][: len(shares)]] = 0.951
        return Prediction(
            ESC50,
            np.average(each, axis=0, weights=shares),
            each,
            duration_s=5.0 * len(shares),
            window_starts_s=5.0 * np.arange(len(shares)),
            window_s=5.0,
            window_silent=np.zeros(len(shares), dtype=bool),
        )

    two = drawn(NamedPrediction("two.wav", long(0.6, 0.4)))
    assert "🐕 Dog, 🐄 Cow" in two
    assert "%" not in two
    assert "🐕 Dog, 🐄 Cow and 1 more" in drawn(NamedPrediction("three.wav", long(0.4, 0.3, 0.3)))
    assert "Cow" not in drawn(NamedPrediction("one.wav", long(0.95, 0.05)), width=60)
    assert "60%" in drawn(NamedPrediction("short.wav", heard(0, 0.6)))


def test_the_runners_up_give_way_to_a_narrow_terminal() -> None:
    answer = NamedPrediction("door_wood_knock-7.flac", heard(30, 0.5))

    headings = [drawn(answer, width=width).split()[5] for width in (80, 84, 120)]
    assert headings == ["door_wood_knock-7.flac", "or", "or"]


def test_markup_in_names_is_text() -> None:
    assert "[red]x[/red].wav" in drawn(NamedPrediction("[red]x[/red].wav", heard(0, 0.75)))


def test_sounds_that_could_not_be_read_have_no_row() -> None:
    table = drawn(NamedPrediction("good.wav", heard(0, 0.75)), NamedPrediction("bad.wav", error="torn"))

    assert "good.wav" in table
    assert "bad.wav" not in table


def test_what_all_names_share_is_left_out() -> None:
    results = [NamedPrediction(f"night/2024/{name}.wav", heard(0, 0.75)) for name in ("owl", "fox")]

    table = drawn(*results)

    assert "owl.wav" in table
    assert "night" not in table


@pytest.mark.parametrize(
    ("files", "shared"),
    [
        ([], ""),
        (["a/b.wav"], ""),
        (["a/b.wav", "a/c.wav"], "a/"),
        (["a/b.wav", "a/x/c.wav"], "a/"),
        (["ab/b.wav", "ac/c.wav"], ""),
        (["/data/one/a.wav", "/data/two/a.wav"], "/data/"),
        (["/data/a.wav", "relative/a.wav"], ""),
        (["a/b.wav", "-"], ""),
    ],
)
def test_the_shared_folder_ends_at_a_separator(files: list[str], shared: str) -> None:
    assert common_folder(files) == shared


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, ""),
        (1.0, "█" * 12),
        (0.5, "█" * 6),
        (1 / 96, "▏"),
        (0.25 + 4 / 96, "███▌"),
        (95 / 96, "█" * 11 + "▉"),
    ],
)
def test_bars_are_right_to_an_eighth_of_a_cell(share: float, expected: str) -> None:
    assert bar(share).rstrip() == expected


def test_bars_never_change_width() -> None:
    assert {len(bar(i / 1_000)) for i in range(1_001)} == {12}


def test_markup_in_a_class_name_is_text() -> None:
    answers = np.array([0.9, 0.1], dtype=np.float32)
    prediction = Prediction(labels_for(["dog [indoor]", "[bold]cat"]), answers, answers[None], duration_s=1.0)

    table = drawn(NamedPrediction("a.wav", prediction))

    assert "Dog [indoor]" in table
    assert "[bold]cat 10%" in table


def test_where_nothing_was_heard_there_is_no_table() -> None:
    assert drawn(NamedPrediction("bad.wav", error="torn")) == ""
