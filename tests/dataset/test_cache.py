"""The log-mel cache: right, renewed when it must be, and never half there."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import RATE_HZ, made_clips, sine, write_wav

from audio_cnn.augmentation import waveform
from audio_cnn.config import Config
from audio_cnn.dataset import cache
from audio_cnn.dataset.cache import INDEX_NAME, LOG_MEL_NAME, Remark, cached_examples
from audio_cnn.dataset.clips import ClipSet, find_clips
from audio_cnn.dataset.examples import Examples
from audio_cnn.dataset.features import load_features
from audio_cnn.errors import DatasetError
from audio_cnn.spectrogram.log_mel import LogMel


class Decoding:
    """Counts the clips that were decoded, through the cache's own progress."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))


@pytest.fixture
def decoding() -> Decoding:
    return Decoding()


@pytest.fixture
def clips(esc50_tree: Path) -> ClipSet:
    """The six clips of the first fold. Not to be changed."""
    return first_fold(find_clips(esc50_tree))


@pytest.fixture
def own_clips(esc50_tree: Path, tmp_path: Path) -> ClipSet:
    """A copy of them that a test may change."""
    return first_fold(find_clips(shutil.copytree(esc50_tree, tmp_path / "ESC-50")))


def first_fold(clips: ClipSet) -> ClipSet:
    return replace(clips, clips=tuple(clip for clip in clips.clips if clip.fold == 1))


def cached(clips: ClipSet, folder: Path, tiny: Config, decoding: Decoding, *variants: str) -> Examples:
    return cached_examples(clips, folder, tiny.front_end, variants=variants, progress=decoding)


def test_holds_what_a_feature_file_of_the_same_clips_holds(
    esc50_tree: Path, feature_file: Path, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    examples = cached(find_clips(esc50_tree), tmp_path / "cache", tiny, decoding)
    expected = load_features(feature_file)

    assert decoding.calls == [(i, 30) for i in range(1, 31)]
    assert examples.files == expected.files
    assert examples.class_names == expected.class_names
    np.testing.assert_array_equal(examples.target, expected.target)
    np.testing.assert_array_equal(examples.fold, expected.fold)
    # The clips went through 16 bits here and not there.
    difference = examples.log_mel.astype(int) - expected.log_mel
    assert np.abs(difference).max() <= 2
    assert np.abs(difference).mean() < 0.1


def test_is_memory_mapped_and_read_only(
    clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    examples = cached(clips, tmp_path / "cache", tiny, decoding)

    assert isinstance(examples.log_mel, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        examples.log_mel[0] = 0


def test_is_used_again_while_nothing_changes(
    clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cached(clips, tmp_path / "cache", tiny, decoding)
    monkeypatch.setattr(cache, "decode", None)

    again = cached(clips, tmp_path / "cache", tiny, decoding)

    assert len(decoding.calls) == 6
    np.testing.assert_array_equal(again.log_mel, first.log_mel)


def test_is_renewed_when_a_clip_changes(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    first = np.array(cached(own_clips, tmp_path / "cache", tiny, decoding).log_mel)
    write_wav(own_clips.clips[3].path, sine(3_000))
    os.utime(own_clips.clips[3].path, ns=(1, 1))

    second = cached(own_clips, tmp_path / "cache", tiny, decoding)

    assert len(decoding.calls) == 12
    changed = (first != second.log_mel).any(axis=(0, 2, 3))
    assert np.flatnonzero(changed).tolist() == [3]


@pytest.mark.parametrize("change", ["front end", "variants", "clips", "folds"])
def test_is_renewed_when_what_is_asked_for_changes(
    change: str, clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    cached(clips, tmp_path / "cache", tiny, decoding)
    front_end, variants = tiny.front_end, ()
    if change == "front end":
        front_end = replace(front_end, mel_bands=20)
    elif change == "variants":
        variants = ("gain",)
    elif change == "clips":
        clips = replace(clips, clips=clips.clips[:-1])
    else:  # partners of "mix" depend on them
        clips = replace(clips, clips=tuple(replace(clip, fold=clip.fold % 5 + 1) for clip in clips.clips))

    examples = cached_examples(clips, tmp_path / "cache", front_end, variants=variants, progress=decoding)

    assert len(decoding.calls) == 6 + len(clips.clips)
    assert examples.log_mel.shape == (1 + len(variants), len(clips.clips), front_end.mel_bands, 63)


def test_an_interrupted_one_is_not_used(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    folder = tmp_path / "cache"

    def interrupt(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    whole = np.array(cached(own_clips, folder, tiny, decoding).log_mel)
    write_wav(own_clips.clips[0].path, sine(3_000))
    with pytest.raises(KeyboardInterrupt):
        cached_examples(own_clips, folder, tiny.front_end, progress=interrupt)
    assert not (folder / INDEX_NAME).exists()

    renewed = cached(own_clips, folder, tiny, decoding)

    assert len(decoding.calls) == 12
    np.testing.assert_array_equal(renewed.log_mel[:, 1:], whole[:, 1:])
    assert not list(folder.glob("*.part"))


def test_of_several_first_runs_one_makes_it(clips: ClipSet, tmp_path: Path, tiny: Config) -> None:
    """The others wait, and find it made."""
    made: list[int] = []

    def slowly(done: int, _total: int) -> None:
        made.append(done)
        time.sleep(0.02)

    def run(_number: int) -> Examples:
        return cached_examples(clips, tmp_path / "cache", tiny.front_end, progress=slowly)

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(run, range(4))

    assert made == [1, 2, 3, 4, 5, 6]
    for other in others:
        np.testing.assert_array_equal(other.log_mel, first.log_mel)


def test_runs_that_want_different_things_do_not_disturb_each_other(
    clips: ClipSet, tmp_path: Path, tiny: Config
) -> None:
    def run(variants: tuple[str, ...], folder: str) -> Examples:
        return cached_examples(clips, tmp_path / folder, tiny.front_end, variants=variants)

    wanted = [(), ("gain",), (), ("gain", "shift")]
    with ThreadPoolExecutor(len(wanted)) as pool:
        together = list(pool.map(run, wanted, ["shared"] * len(wanted)))

    for number, (variants, examples) in enumerate(zip(wanted, together, strict=True)):
        np.testing.assert_array_equal(examples.log_mel, run(variants, str(number)).log_mel)


@pytest.mark.parametrize("damage", ["index", "log-mels gone", "log-mels torn", "log-mels of others"])
def test_a_damaged_one_is_made_anew(
    damage: str, own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    folder = tmp_path / "cache"
    cached(own_clips, folder, tiny, decoding)
    if damage == "index":
        (folder / INDEX_NAME).write_text('{"front_end":', encoding="utf-8")
    elif damage == "log-mels gone":
        (folder / LOG_MEL_NAME).unlink()
    elif damage == "log-mels torn":
        (folder / LOG_MEL_NAME).write_bytes(b"\x93NUMPY")
    else:
        np.save(folder / LOG_MEL_NAME, np.zeros((2, 6, 32, 63), np.uint8))

    cached(own_clips, folder, tiny, decoding)

    assert len(decoding.calls) == 12


def test_one_that_is_in_use_survives_its_renewal(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    in_use = cached(own_clips, tmp_path / "cache", tiny, decoding).log_mel
    before = np.array(in_use)

    cached(own_clips, tmp_path / "cache", tiny, decoding, "gain")

    np.testing.assert_array_equal(in_use, before)


def test_variants_stay_in_the_row_of_their_clip(
    clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    plain = cached(clips, tmp_path / "plain", tiny, decoding).log_mel[0]
    log_mel = cached(clips, tmp_path / "varied", tiny, decoding, "noise", "gain", "shift").log_mel

    assert log_mel.shape[:2] == (4, 6)
    np.testing.assert_array_equal(log_mel[0], plain)
    expected = plain.mean(axis=2).argmax(axis=1)
    for variant in log_mel[1:]:
        np.testing.assert_array_equal(variant.mean(axis=2).argmax(axis=1), expected)


def test_variants_are_those_of_the_waveform_and_drawn_by_row(
    clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    log_mel = cached(clips, tmp_path / "cache", tiny, decoding, "shift").log_mel
    samples = np.round(made_clips()[4].samples * 32_768).astype(np.float32) / 32_768
    shifted = waveform.shift(samples, samples, RATE_HZ, np.random.default_rng(4))

    expected = LogMel(tiny.front_end)(torch.from_numpy(shifted[None]))[0][0].numpy() * 255

    assert np.abs(log_mel[1, 4] - expected).mean() < 1


def test_partners_of_mix_come_from_the_same_class_and_fold(
    esc50_tree: Path, tmp_path: Path, tiny: Config, decoding: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = find_clips(esc50_tree)
    order = np.random.default_rng(0).permutation(30)
    shuffled = replace(clips, clips=tuple(clips.clips[i] for i in order))
    made = {clip.name: clip for clip in made_clips()}
    met: list[tuple[np.ndarray, np.ndarray]] = []

    def spy(samples: np.ndarray, partner: np.ndarray, *_rest: object) -> np.ndarray:
        met.append((samples, partner))
        return samples

    monkeypatch.setitem(waveform.VARIANTS, "mix", spy)
    cached(shuffled, tmp_path / "cache", tiny, decoding, "mix")

    def name_of(samples: np.ndarray) -> str:
        return min(made, key=lambda name: float(np.abs(made[name].samples - samples).sum()))

    pairs = [(made[name_of(ours)], made[name_of(theirs)]) for ours, theirs in met]
    assert [ours.name for ours, _theirs in pairs] == [clip.path.name for clip in shuffled.clips]
    assert all((a.target, a.fold) == (b.target, b.fold) for a, b in pairs)
    assert sum(a is not b for a, b in pairs) == 15  # the second take of each source meets the first


def test_short_clips_are_filled_with_silence_and_long_ones_cut(
    tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    write_wav(tmp_path / "data" / "drill" / "long1.wav", sine(1_000, seconds=3))
    write_wav(tmp_path / "data" / "drill" / "short1.wav", sine(1_000, seconds=0.5))

    long, short = cached(find_clips(tmp_path / "data"), tmp_path / "cache", tiny, decoding).log_mel[0]

    assert long.max(axis=0).min() > 200
    assert short[:, :30].max(axis=0).min() > 200
    assert not short[:, 35:].any()


def test_a_clip_that_cannot_be_decoded_is_left_out(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    whole = np.array(cached(own_clips, tmp_path / "whole", tiny, decoding).log_mel)
    torn, kept = own_clips.clips[2], [0, 1, 3, 4, 5]
    torn.path.write_bytes(b"RIFF but no more")

    for _made_and_used_again in range(2):
        told: list[Mapping[Path, Remark]] = []
        examples = cached_examples(own_clips, tmp_path / "cache", tiny.front_end, tell=told.append)

        (remarks,) = told
        assert [path for path, remark in remarks.items() if remark.unread] == [torn.path]
        assert list(remarks) == [clip.path for clip in own_clips.clips]
        assert examples.files == tuple(own_clips.clips[i].path.name for i in kept)
        assert examples.target.tolist() == [own_clips.clips[i].target for i in kept]
        np.testing.assert_array_equal(examples.log_mel, whole[:, kept])


def test_a_class_of_which_no_clip_can_be_decoded_is_named(
    tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    write_wav(tmp_path / "data" / "drill" / "good.wav", sine(1_000))
    (tmp_path / "data" / "saw").mkdir()
    (tmp_path / "data" / "saw" / "torn.wav").write_bytes(b"RIFF but no more")

    with pytest.raises(DatasetError, match=r"no clip of the class 'saw' can be read; .*torn\.wav: "):
        cached(find_clips(tmp_path / "data"), tmp_path / "cache", tiny, decoding)


def test_what_is_not_used_of_a_clip_is_told(tmp_path: Path, tiny: Config, decoding: Decoding) -> None:
    late = np.concatenate([np.zeros(RATE_HZ, np.float32), sine(1_000)])
    write_wav(tmp_path / "data" / "drill" / "exact.wav", sine(1_000))
    write_wav(tmp_path / "data" / "drill" / "late.wav", late)
    write_wav(tmp_path / "data" / "drill" / "long.wav", sine(1_000, seconds=1.5))
    told: dict[str, Remark] = {}

    def tell(remarks: Mapping[Path, Remark]) -> None:
        told.update((path.stem, remark) for path, remark in remarks.items())

    cached_examples(find_clips(tmp_path / "data"), tmp_path / "cache", tiny.front_end, tell=tell)

    assert told == {
        "exact": Remark(),
        "late": Remark(longer=True, silent=True),
        "long": Remark(longer=True),
    }


def test_clips_may_be_as_long_as_those_that_are_classified(
    tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    write_wav(tmp_path / "data" / "drill" / "long.wav", np.resize(sine(1_000), 601 * 1_000), rate_hz=1_000)

    assert len(cached(find_clips(tmp_path / "data"), tmp_path / "cache", tiny, decoding)) == 1


def test_a_clip_that_may_be_read_at_last_renews_the_cache(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda path, _mode: path != own_clips.clips[0].path)
        cached(own_clips, tmp_path / "cache", tiny, decoding)

    cached(own_clips, tmp_path / "cache", tiny, decoding)

    assert len(decoding.calls) == 12


def test_moving_the_data_renews_the_cache(
    own_clips: ClipSet, tmp_path: Path, tiny: Config, decoding: Decoding
) -> None:
    cached(own_clips, tmp_path / "cache", tiny, decoding)
    shutil.move(tmp_path / "ESC-50", tmp_path / "moved")

    cached(first_fold(find_clips(tmp_path / "moved")), tmp_path / "cache", tiny, decoding)

    assert len(decoding.calls) == 12
