"""Training further: balanced, from the base's weights, and measured on what it has not learned from."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import knocks, write_wav

from audio_cnn.config import Config, FineTuningConfig, NetworkConfig, override
from audio_cnn.dataset.examples import Examples
from audio_cnn.dataset.recordings import HELD_OUT, LEARNED_FROM, Recordings, read_recordings
from audio_cnn.network.familiarity import KINDS
from audio_cnn.network.registry import build_network
from audio_cnn.training import familiarity
from audio_cnn.training.base import Base, find_base, on_base
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.familiarity import extend_familiarity, strangeness_of
from audio_cnn.training.fine_tuning import balanced, draws, further_training
from audio_cnn.training.held_out import caveats, measure, report, unmeasured
from audio_cnn.training.loop import CHECKPOINT_NAME, fit
from audio_cnn.training.recipes import FURTHER, packaged

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def base(trained_run: Path) -> Base:
    return find_base(str(trained_run))


@pytest.fixture(scope="module")
def recipe(base: Base) -> Config:
    settings = ["training.epochs=2", "training.precision=fp32", "fine_tuning.fewest_draws=32"]
    return override(on_base(packaged(FURTHER), base.config), [*settings, "augmentation.crop_frames=32"])


@pytest.fixture(scope="module")
def recordings(own_tree: Path, tiny: Config) -> Recordings:
    return read_recordings(own_tree, tiny.front_end, share=0.2)


def test_draws_are_even_at_every_level(tmp_path: Path, tiny: Config) -> None:
    for i in range(6):
        write_wav(tmp_path / "many" / f"m{i}.wav", knocks(i))
    for i in range(3):
        write_wav(tmp_path / "many" / f"pieces-{i}.wav", knocks(20 + i))
    write_wav(tmp_path / "few" / "long.wav", knocks(40, seconds=4))
    write_wav(tmp_path / "few" / "short.wav", knocks(41))
    found = read_recordings(tmp_path, tiny.front_end, share=0.2)

    weight = balanced(found)

    learned = found.examples.fold == LEARNED_FROM
    assert (found.count(0, HELD_OUT), found.sources(1)) == (0, 7)
    assert not weight[~learned].any()
    assert weight[learned].all()
    by_class = np.bincount(found.examples.target, weight)
    assert by_class[0] == pytest.approx(by_class[1])
    by_source = np.bincount(found.source[found.clip], weight)
    for kind in range(2):
        mine = by_source[np.unique(found.source[(found.target == kind) & (found.fold == LEARNED_FROM)])]
        np.testing.assert_allclose(mine, mine[0])
    for clip in range(len(found.paths)):
        windows = weight[found.clip == clip]
        np.testing.assert_allclose(windows, windows[0])


def test_an_epoch_is_neither_too_short_nor_too_long() -> None:
    config = FineTuningConfig(fewest_draws=10, most_draws=20)

    assert [draws(np.ones(rows), config) for rows in (3, 15, 99)] == [10, 15, 20]
    assert draws(np.array([1.0] * 12 + [0.0] * 5), config) == 12


def test_it_starts_from_the_base_and_learns_all_layers(
    base: Base, recipe: Config, recordings: Recordings, tmp_path: Path
) -> None:
    run = further_training(base, recipe, recordings, tmp_path / "run", CPU)
    before = base.file.network.state_dict()
    assert run.start is not None
    assert torch.equal(run.start.state_dict()["conv1.0.weight"], before["conv1.0.weight"])

    state = fit(run)

    after = state.network.state_dict()
    for name, tensor in before.items():
        if name.startswith("familiarity."):
            assert torch.equal(after[name], tensor)
        elif name.startswith("linear."):
            assert after[name].shape[0] == 3
        elif tensor.ndim > 1:
            change = (after[name] - tensor).norm() / tensor.norm()
            assert 0 < change < 0.2, name


def test_a_base_that_has_not_learned_what_is_strange_is_trained_further_without(
    base: Base, recipe: Config, recordings: Recordings, tmp_path: Path
) -> None:
    """One whose training has not come to its end, or that no made sounds were shown."""
    network = copy.deepcopy(base.file.network)
    assert network.familiarity is not None
    network.familiarity.strangeness.weight.zero_()
    unfinished = replace(base, file=replace(base.file, network=network))
    plain = on_base(replace(recipe, network=NetworkConfig()), unfinished.config)

    run = further_training(unfinished, plain, recordings, tmp_path / "run", CPU)

    assert run.start is not None
    assert torch.equal(run.start.conv1[0].weight, network.conv1[0].weight)
    assert fit(run).averaged.module.familiarity is None


def test_what_is_strange_is_kept_and_reaches_few_clips_of_the_new_classes(
    base: Base, recipe: Config, recordings: Recordings, tmp_path: Path
) -> None:
    run = further_training(base, recipe, recordings, tmp_path / "run", CPU)

    network = fit(run).averaged.module

    kept = finished_network(run.folder / CHECKPOINT_NAME).network.familiarity
    assert kept is not None
    assert torch.equal(network.familiarity.usual, kept.usual)
    assert torch.equal(base.file.network.familiarity.strangeness.weight, kept.strangeness.weight)
    rows = np.arange(len(recordings.examples))
    assert (strangeness_of(network, recordings.examples, rows) <= float(kept.usual) + 1e-5).mean() >= 0.95


@pytest.mark.parametrize(
    ("names", "likely", "ruled_out"),
    [
        (("a", "b"), {}, ()),
        (("a", "Human speech"), {}, ("speech",)),
        (("a", "b"), {("b", "tones"): 6.0, ("a", "hum"): 4.0}, ("tones",)),
        (("music", "b"), {("b", "tones"): 6.0}, ("music", "tones")),
    ],
)
def test_kinds_that_new_classes_are_of_are_ruled_out(
    monkeypatch: pytest.MonkeyPatch,
    tiny: Config,
    examples: Examples,
    names: tuple[str, str],
    likely: dict[tuple[str, str], float],
    ruled_out: tuple[str, ...],
) -> None:
    """What the network says is made up: the strangest clips but one are of a kind that stays, with 4.5."""
    network = build_network(tiny.network, tiny.front_end, 2)
    assert network.familiarity is not None
    strangeness = network.familiarity.strangeness
    strangeness.weight.fill_(1)
    own = replace(examples, target=examples.target % 2, class_names=names)
    said = torch.full((len(own), len(KINDS)), -20.0)
    for (name, kind), log_odds in likely.items():
        said[own.target == names.index(name), KINDS.index(kind)] = log_odds
    said[:3, KINDS.index("clicks")] = 4.5
    said[3, KINDS.index("noise")] = 9.0  # one that went wrong
    monkeypatch.setattr(familiarity, "recorded", lambda *_: [said])

    assert extend_familiarity(network, own)

    assert strangeness.ruled_out == ruled_out
    expected = np.logaddexp(4.5, likely.get(("a", "hum"), -20.0))
    assert float(network.familiarity.usual) == pytest.approx(expected, abs=1e-4)


def test_measured_is_what_was_held_out(
    base: Base, recipe: Config, recordings: Recordings, tmp_path: Path
) -> None:
    run = further_training(base, recipe, recordings, tmp_path / "run", CPU)
    assert run.start is not None

    measured = measure(run.start, recordings)

    held = [path for path, fold in zip(recordings.paths, recordings.fold, strict=True) if fold == HELD_OUT]
    assert measured is not None
    assert list(measured.paths) == held
    assert measured.evaluation.n == len(held) == 6
    assert measured.evaluation.accuracy > 0.8
    np.testing.assert_allclose(measured.probabilities.sum(axis=1), 1, rtol=1e-5)
    assert measured.probabilities.max() < 0.99  # six clips are no proof of more
    assert measured.rejection is None
    written = report(recordings, measured, [], {"hum": "🎶"})
    assert [Path(one["file"]) for one in written["held_out"]["files"]] == held
    assert [one["class"] for one in written["held_out"]["files"]] == [path.parent.name for path in held]
    assert np.trace(written["held_out"]["confusion"]) == round(6 * measured.evaluation.accuracy)
    assert written["emoji"] == {"hum": "🎶"}
    assert not set(written["learned_from"]) & {str(path) for path in held}


def test_ten_held_out_clips_tell_below_which_confidence_an_answer_is_a_guess(
    own_tree: Path, tiny: Config, base: Base, recipe: Config, tmp_path: Path
) -> None:
    recordings = read_recordings(own_tree, tiny.front_end, share=0.6)
    start = further_training(base, recipe, recordings, tmp_path / "run", CPU).start
    assert start is not None

    measured = measure(start, recordings)

    assert measured is not None
    assert measured.evaluation.n >= 10
    assert measured.rejection is not None
    lowest = measured.probabilities.max(axis=1).min()
    (least,) = (row["least_confidence"] for row in measured.rejection if row["accepted"] == 0.95)
    assert least == pytest.approx(lowest, abs=1e-6)
    assert measured.figures()["rejection"] == measured.rejection


def test_what_a_class_was_taken_for(
    recordings: Recordings, base: Base, recipe: Config, tmp_path: Path
) -> None:
    start = further_training(base, recipe, recordings, tmp_path / "run", CPU).start
    assert start is not None
    with torch.no_grad():
        start.linear.weight.zero_()
        start.linear.bias.copy_(torch.tensor([0.0, 5.0, 0.0]))

    measured = measure(start, recordings)

    assert measured is not None
    assert [measured.confused(kind) for kind in range(3)] == [{"hum": 2}, {}, {"hum": 2}]
    low, high = measured.interval
    assert low < 1 / 3 < high


def test_nothing_held_out_is_nothing_measured(own_tree: Path, tiny: Config, base: Base) -> None:
    everything = read_recordings(own_tree, tiny.front_end, share=0.0)

    assert measure(base.file.network, everything) is None
    assert unmeasured(everything) == {"beep": 6, "hum": 6, "whistle": 6}
    assert report(everything, None, [], {})["held_out"] is None


def test_what_the_base_has_heard_before_is_said(base: Base, recordings: Recordings, tmp_path: Path) -> None:
    assert caveats(base, recordings) == []
    names = tuple(Path(f"{1 + i % 5}-{i}-A-0.wav") for i in range(len(recordings.paths)))
    held = [name for name, fold in zip(names, recordings.fold, strict=True) if fold == HELD_OUT]
    heard = sum(not name.stem.startswith("5") for name in held)
    (named,) = caveats(base, replace(recordings, paths=names))
    assert named.startswith(f"{heard} of the held-out clips are named as ESC-50 clips")
    own = replace(base, file=replace(base.file, record={"fine_tuned_from": {}}))
    assert "learned classes of one's own" in caveats(own, recordings)[0]


def test_an_unfinished_run_says_where_it_comes_from(
    base: Base, recipe: Config, recordings: Recordings, tmp_path: Path
) -> None:
    run = further_training(base, recipe, recordings, tmp_path / "run", CPU)
    fit(run)

    record = finished_network(tmp_path / "run" / CHECKPOINT_NAME).record

    assert record["fine_tuned_from"]["sha256"] == base.digest
    assert record["licence"].endswith("inherited from the network it was fine-tuned from")
    assert record["data"] == "3 classes of one's own: 12 clips learned from, 6 held out"
    assert record["data_sha256"] == recordings.digest
    assert "folds" not in record
    assert further_training(base, recipe, recordings, tmp_path / "run", CPU).start is None
