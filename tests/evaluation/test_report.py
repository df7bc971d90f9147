"""The report of an evaluation: its numbers by hand, its page against hostile names."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from audio_cnn.config import Config, NetworkConfig
from audio_cnn.evaluation import report
from audio_cnn.evaluation.answers import Answers
from audio_cnn.evaluation.pictures import VARIABLES, confusion_picture, short_title, to_svg
from audio_cnn.evaluation.report import Measurement, _ticks, make_report, write_report
from audio_cnn.labels import Label, labels_for

pytestmark = pytest.mark.slow

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</svg></style><b>",
    "$\\frac{1}{0}$ {{ 7 * 7 }}",
    "line\nbreak \x0b\x1b[31m \u202egnp",
    "吠える 🐕",
    "bytes \udcff",
    "long " * 100,
)
FILES = ["report.html", "report.json", "confusion.csv", "confusion.png", "per_class.csv", "predictions.csv"]


def answers_of(target: list[int], said: list[int], names: tuple[str, ...]) -> Answers:
    """0.7 sure of what is said, the rest shared out."""
    probabilities = np.full((len(said), len(names)), 0.3 / (len(names) - 1), dtype=np.float32)
    probabilities[np.arange(len(said)), said] = 0.7
    files = tuple(f"{names[index]}/{row}.wav" for row, index in enumerate(target))
    fold = np.arange(len(target)) % 2 + 1
    return Answers(files, fold, np.zeros_like(fold), np.array(target), probabilities, names)


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Six clips: dogs 2 of 3, a rooster said to be a dog, cats 2 of 2; pigs do not occur."""
    answers = answers_of([0, 0, 0, 1, 3, 3], [0, 0, 1, 0, 3, 3], ("dog", "rooster", "pig", "cat"))
    recipe = Config(name="mine", network=NetworkConfig(squeeze=8))
    about = Measurement("Mine", {"Data": "made"}, command="audio-cnn evaluate", recipe=recipe)
    write_report(make_report(answers, about), tmp_path / "deep" / "report")
    return tmp_path / "deep" / "report"


def test_all_files_are_there_and_nothing_else(small: Path) -> None:
    assert sorted(path.name for path in small.iterdir()) == sorted(FILES)
    assert (small / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_tables_by_hand(small: Path) -> None:
    assert rows(small / "confusion.csv") == [
        ["true class", "dog", "rooster", "cat"],
        ["dog", "2", "1", "0"],
        ["rooster", "1", "0", "0"],
        ["cat", "0", "0", "2"],
    ]
    assert rows(small / "per_class.csv") == [
        ["label", "category", "clips", "said", "right", "recall", "precision"],
        ["dog", "animals", "3", "3", "2", "0.666667", "0.666667"],
        ["rooster", "animals", "1", "1", "0", "0.0", "0.0"],
        ["cat", "animals", "2", "2", "2", "1.0", "1.0"],
    ]
    header, first, *others = rows(small / "predictions.csv")
    assert header[:6] == ["file", "fold", "seed", "truth", "label1", "confidence1"]
    assert header[6:] == ["label2", "confidence2", "label3", "confidence3"]
    assert first == [
        "dog/0.wav",
        "1",
        "0",
        "dog",
        "dog",
        "0.700000",
        "rooster",
        "0.100000",
        "pig",
        "0.100000",
    ]
    assert len(others) == 5


def test_figures_by_hand(small: Path) -> None:
    figures = json.loads((small / "report.json").read_text(encoding="utf-8"))

    assert (figures["accuracy"], figures["n"]) == (0.666667, 6)
    assert figures["interval_95"] == pytest.approx([0.3000, 0.9032], abs=1e-4)
    assert [one["accuracy"] for one in figures["trainings"]] == [0.666667, 0.666667]
    assert figures["sd_of_folds"] == 0
    assert figures["calibration"] == [
        {"low": 0.666667, "high": 0.733333, "clips": 6, "confidence": 0.7, "accuracy": 0.666667}
    ]
    assert figures["coverage"][0] == {"confidence": 0.5, "share": 1.0, "accuracy": 0.666667}
    assert figures["recipe"]["network"]["squeeze"] == 8


def test_the_page_says_it_all(small: Path) -> None:
    page = Page(small / "report.html")
    text = re.sub(r"\s+", " ", page.text)

    assert "66.7 % of 6 clips are named rightly, out of 3 classes." in text
    assert "1× says 🐓 Rooster for 🐕 Dog" in text
    assert "2 of 3" in text
    assert "audio-cnn evaluate" in text
    assert [tag for tag, _attributes in page.tags].count("svg") == 3
    changed = re.findall(r'class="changed"><span>(.*?)</span>', page.source)
    assert changed == ["squeeze"]


def test_the_page_loads_and_runs_nothing(small: Path) -> None:
    page = Page(small / "report.html")

    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _attributes in page.tags}
    references = {
        value for _tag, attributes in page.tags for name, value in attributes.items()
        if name in ("src", "href", "xlink:href")
    }  # fmt: skip
    assert all(value and value.startswith("#") for value in references)
    assert "url(" not in re.sub(r"url\(#", "", page.source)
    assert "default-src 'none'" in page.source


def test_every_colour_of_a_picture_has_its_light_and_dark(small: Path) -> None:
    source = (small / "report.html").read_text(encoding="utf-8")

    for variable in VARIABLES.values():
        assert len(re.findall(rf"{variable}: #", source)) == 3, variable  # light, dark, printed
    svg = source[source.index("<svg") :]
    assert not re.findall(r"(?:fill|stroke): #(?!000000)", svg)


def test_hostile_names_are_text(tmp_path: Path) -> None:
    target = list(range(len(HOSTILE)))
    answers = answers_of(target, target[1:] + target[:1], HOSTILE)
    about = Measurement(HOSTILE[0], {HOSTILE[1]: HOSTILE[2]}, command=HOSTILE[1], warning=HOSTILE[0])

    write_report(make_report(answers, about), tmp_path)

    page = Page(tmp_path / "report.html")
    assert not {"script", "img"} & {tag for tag, _attributes in page.tags}
    assert not [name for _tag, attributes in page.tags for name in attributes if name.startswith("on")]
    assert HOSTILE[0].capitalize() in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert page.source.count("<b>") == 4 + len(HOSTILE)  # our own: four tiles, one a confusion
    assert [row[3] for row in rows(tmp_path / "predictions.csv")[1:-2]] == list(HOSTILE[:-2])


def test_hostile_names_leave_the_picture_whole() -> None:
    labels = labels_for(HOSTILE)

    svg = to_svg(confusion_picture(np.eye(len(labels), dtype=np.int64), labels), "a picture")

    texts = [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert all(short_title(label) in texts for label in labels)
    assert "on" not in {name[:2] for element in ElementTree.fromstring(svg).iter() for name in element.attrib}


def test_what_cannot_be_drawn_is_replaced_and_long_names_are_cut() -> None:
    assert short_title(Label(0, "a\nb\u202ec\udcff")) == "A�b�c�"
    assert short_title(Label(0, "x" * 100)) == "X" + "x" * 22 + "…"


def test_of_very_many_classes_the_worst_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_DRAWN", 10)
    names = tuple(f"class {index}" for index in range(30))
    target = list(range(len(names)))
    said = [*target[:-4], 27, 26, 29, 28]

    write_report(make_report(answers_of(target, said, names), Measurement("Many", {})), tmp_path)

    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "20 classes with fewer mistakes are left out" in source
    drawn = set(re.findall(r">(Class \d+)</text>", source))
    assert len(drawn) == 10
    assert {"Class 26", "Class 27", "Class 28", "Class 29"} <= drawn
    assert len(rows(tmp_path / "confusion.csv")) == len(names) + 1


def test_nothing_confused_is_said(tmp_path: Path) -> None:
    write_report(make_report(answers_of([0, 1], [0, 1], ("dog", "cat")), Measurement("All", {})), tmp_path)

    assert "every clip is named rightly" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("shares", "first", "last", "step"),
    [
        ([0.707, 0.7625], 70, 80, 5),
        ([1.0, 1.0], 90, 100, 5),
        ([0.0, 0.0], 0, 10, 5),
        ([0.11, 0.99], 10, 100, 10),
    ],
)
def test_the_axis_spans_all_shares(shares: list[float], first: int, last: int, step: int) -> None:
    assert _ticks(shares) == list(range(first, last + 1, step))
