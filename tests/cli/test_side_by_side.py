"""How many trainings run at once, and how each is started. ``test_cross_validate_command`` runs some."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_cnn.cli import side_by_side
from audio_cnn.cli.side_by_side import TRAINING_BYTES, available_bytes, fitting_jobs, train_all
from audio_cnn.cli.train import TrainingOptions
from audio_cnn.dataset.examples import Examples
from audio_cnn.training.cross_validation import Part


@pytest.mark.parametrize(("gigabytes", "jobs"), [(None, 4), (100.0, 4), (2.5, 2), (1.5, 1), (0.1, 1)])
def test_no_more_than_memory_allows(
    examples: Examples, monkeypatch: pytest.MonkeyPatch, gigabytes: float | None, jobs: int
) -> None:
    available = None if gigabytes is None else int(gigabytes * TRAINING_BYTES)
    monkeypatch.setattr(side_by_side, "available_bytes", lambda: available)

    assert fitting_jobs(4, examples) == jobs


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="known on Linux only")
def test_memory_is_some_megabytes_to_some_terabytes() -> None:
    available = available_bytes()

    assert available is not None
    assert 2**24 < available < 2**44


def test_options_come_back_as_arguments() -> None:
    options = TrainingOptions(
        Path("-odd name"), Path("mine.toml"), ["name=a b", "x.y=[1, 2]"], None, ["noise"], "cpu", 3, []
    )

    assert options.arguments() == [
        "--data=-odd name", "--config=mine.toml", "--set=name=a b", "--set=x.y=[1, 2]",
        "--waveform=noise", "--device=cpu", "--threads=3",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_made_is_a_failure_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    part = Part(0, 1, tmp_path / "taken" / "fold1", "fold 1")
    options = TrainingOptions(Path("data.npz"), None, [], None, [], "cpu", 1, [])

    failures = train_all(options, 1, [part], 1)

    assert "Not a directory" in failures[part]
