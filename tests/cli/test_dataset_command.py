"""``audio-cnn dataset download``: how it is spoken to; fetching itself is seen in ``tests/dataset``."""

from __future__ import annotations

import csv
import functools
import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Command
from made_data import RATE_HZ, sine, write_class_tree, write_wav

from audio_cnn.dataset import download
from audio_cnn.dataset.download import Contents, download_esc50

TINY = Contents(clips=4, classes=2, folds=2, sample_rate_hz=RATE_HZ, clip_s=0.01)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tiny ESC-50, packed as its repository is."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["filename", "fold", "target", "category"])
    path = tmp_path / "site" / "tiny.zip"
    path.parent.mkdir()
    clip = write_wav(tmp_path / "clip.wav", sine(440, seconds=TINY.clip_s))
    with zipfile.ZipFile(path, "w") as packed:
        for fold, target in ((1, 0), (1, 1), (2, 0), (2, 1)):
            name = f"{fold}-7-A-{target}.wav"
            writer.writerow([name, fold, target, ("dog", "rooster")[target]])
            packed.write(clip, f"ESC-50-master/audio/{name}")
        packed.writestr("ESC-50-master/meta/esc50.csv", table.getvalue())
    clip.unlink()
    return path


@pytest.fixture
def url(archive: Path) -> Iterator[str]:
    """Where the archive is served."""
    handler = functools.partial(_Quiet, directory=str(archive.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{archive.name}"
        server.shutdown()
        thread.join()


def test_a_download_says_what_comes_next(
    audio_cnn: Command, url: str, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "download_esc50", functools.partial(download_esc50, contents=TINY))
    folder = tmp_path / "data" / "ESC-50"
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()

    outcome = audio_cnn("dataset", "download", "esc50", folder, "--url", url, "--sha256", sha256)

    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout.startswith(f"{folder}: complete; next: audio-cnn train --data {folder} ")
    assert audio_cnn("dataset", "show", folder).stdout.endswith("4 clips, 2 classes, 2 folds\n")
    assert [path.name for path in folder.parent.iterdir()] == ["ESC-50"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--url", "URL"], "esc50.csv lists 4 different clips in 4 rows"),  # it is not the whole of ESC-50
        (["--url", "URL", "--sha256", "0" * 64], "it was thrown away"),
        (["--url", "ftp://localhost/x.zip"], "only http and https"),
        (["--url", "MISSING"], "404"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(
    audio_cnn: Command, url: str, tmp_path: Path, options: list[str], reason: str
) -> None:
    given = [{"URL": url, "MISSING": f"{url}.gone"}.get(option, option) for option in options]

    outcome = audio_cnn("dataset", "download", "esc50", tmp_path / "ESC-50", *given)

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_with_other_things_is_left_alone(audio_cnn: Command, url: str, archive: Path) -> None:
    outcome = audio_cnn("dataset", "download", "esc50", archive.parent, "--url", url)

    assert outcome.code == 1
    assert "choose another folder" in outcome.stderr
    assert archive.exists()


def test_only_known_data_sets(audio_cnn: Command) -> None:
    outcome = audio_cnn("dataset", "download", "esc51")

    assert outcome.code == 2
    assert "esc50" in outcome.stderr


def test_brackets_in_a_class_name_are_text(audio_cnn: Command, tmp_path: Path) -> None:
    folder = write_class_tree(tmp_path / "sounds")
    (folder / "dog").rename(folder / "dog [indoor]")

    assert "dog [indoor]" in audio_cnn("dataset", "show", folder).stdout
