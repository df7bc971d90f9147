"""A folder of one's own classes: everything usable is used, nothing leaks, and what is odd is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_data import RATE_HZ, Samples, knocks, write_wav

from audio_cnn.augmentation import waveform
from audio_cnn.config import Config
from audio_cnn.dataset import belonging, listening
from audio_cnn.dataset.recordings import HELD_OUT, LEARNED_FROM, Findings, Recordings, read_recordings
from audio_cnn.errors import DatasetError
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.classifier import peaks_of
from audio_cnn.waveform import decode

Read = Callable[..., Recordings]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of five recordings each."""
    for kind in range(2):
        for i in range(5):
            write_wav(tmp_path / "own" / f"kind{kind}" / f"take{i}.wav", knocks(100 * kind + i))
    return tmp_path / "own"


@pytest.fixture
def read(folder: Path, tiny: Config) -> Read:
    def call(share: float = 0.2, **options: object) -> Recordings:
        return read_recordings(folder, tiny.front_end, share=share, **options)  # type: ignore[arg-type]

    return call


def sides(recordings: Recordings) -> dict[str, int]:
    return {
        f"{path.parent.name}/{path.name}": int(f)
        for path, f in zip(recordings.paths, recordings.fold, strict=True)
    }


def test_every_clip_is_there_and_some_of_each_class_are_held_out(read: Read) -> None:
    found = read()

    assert found.class_names == ("kind0", "kind1")
    assert sorted(sides(found)) == [f"kind{kind}/take{i}.wav" for kind in range(2) for i in range(5)]
    assert [(found.count(kind, LEARNED_FROM), found.count(kind, HELD_OUT)) for kind in range(2)] == [
        (4, 1)
    ] * 2
    assert found.examples.folds == (LEARNED_FROM, HELD_OUT)
    np.testing.assert_array_equal(found.examples.fold, found.fold[found.clip])
    np.testing.assert_array_equal(found.examples.target, found.target[found.clip])
    assert found.findings == Findings()
    assert read().digest == found.digest != read(seed=5).digest


def test_windows_are_those_that_the_classifier_hears(
    read: Read, folder: Path, classifier: Classifier
) -> None:
    write_wav(folder / "kind0" / "long.wav", knocks(9, seconds=3.2))
    write_wav(folder / "kind0" / "hardly longer.wav", knocks(8, seconds=2.05))

    found = read()

    for name in ("kind0/long.wav", "kind0/hardly longer.wav", "kind1/take0.wav"):
        path = folder / name
        rows = found.clip == found.paths.index(path)
        heard = classifier.windows_of(soundfile.read(path, dtype="float32")[0])
        expected = classifier.classify_features(found.examples.log_mel[0, rows].astype(np.float32) / 255)
        assert rows.sum() == len(heard)
        assert found.short[found.paths.index(path)] == (name == "kind1/take0.wav")
        np.testing.assert_array_equal(found.peak[rows], peaks_of(heard))
        answers = classifier.answer_windows(np.stack(heard))
        np.testing.assert_allclose(answers[:, : len(classifier.info.labels)], expected, atol=0.02)


def test_a_long_recording_is_cut_into_so_many_windows_of_one_source(
    read: Read, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST_WINDOWS", 4)
    silent = np.zeros(2 * RATE_HZ, np.float32)
    write_wav(folder / "kind0" / "long.wav", knocks(9, seconds=20))
    write_wav(folder / "kind0" / "pause.wav", np.concatenate([knocks(8, seconds=1), silent]))

    found = read()

    assert int((found.clip == found.paths.index(folder / "kind0" / "long.wav")).sum()) == 4
    assert int((found.clip == found.paths.index(folder / "kind0" / "pause.wav")).sum()) == 2
    assert found.sources(0) == 7


def test_files_that_cannot_be_used_are_named_and_the_rest_is_used(read: Read, folder: Path) -> None:
    (folder / "kind0" / "torn.wav").write_bytes(b"RIFF and no more")
    (folder / "kind1" / "empty.wav").touch()
    write_wav(folder / "kind1" / "silent.wav", np.zeros(RATE_HZ, np.float32))
    calls: list[tuple[int, int]] = []

    found = read(progress=lambda done, total: calls.append((done, total)))

    assert {path.name for path in found.findings.left_out} == {"torn.wav", "empty.wav", "silent.wav"}
    assert found.findings.left_out[folder / "kind1" / "silent.wav"] == "there is only silence in it"
    assert len(found.paths) == 10
    assert calls == [(i, 13) for i in range(1, 14)]


def test_a_class_without_a_usable_file_is_none(read: Read, folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "torn.wav").write_bytes(b"RIFF and no more")

    assert read().class_names == ("kind0", "kind1")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_pieces_of_one_recording_stand_on_one_side(read: Read, folder: Path, seed: int) -> None:
    for i in range(4):
        for piece in range(3):
            write_wav(folder / "kind2" / f"brook{i}-{piece}.wav", knocks(1000 + 10 * i + piece))
            write_wav(
                folder / "kind3" / f"{piece + 1}-77{i}-{'ABC'[piece]}-0.wav", knocks(2000 + 10 * i + piece)
            )

    found = read(seed=seed)

    assert found.sources(2) == found.sources(3) == 4
    for i in range(4):
        for names in (f"kind2/brook{i}-", f"-77{i}-"):
            assert len({side for name, side in sides(found).items() if names in name}) == 1
    assert found.count(2, HELD_OUT) == found.count(3, HELD_OUT) == 3


def test_names_can_be_told_not_to_count(read: Read, folder: Path) -> None:
    for i in range(5):
        write_wav(folder / "kind2" / f"kettle-{i}.wav", knocks(3000 + i))

    assert read().sources(2) == 1
    assert read(separate=True).sources(2) == 5


def test_the_same_sound_again_is_left_out_whatever_its_name_and_format(read: Read, folder: Path) -> None:
    samples, rate_hz = soundfile.read(folder / "kind0" / "take2.wav")
    soundfile.write(folder / "kind0" / "elsewhere.flac", samples, rate_hz)

    found = read()

    assert found.findings.repeated == ((folder / "kind0" / "take2.wav", folder / "kind0" / "elsewhere.flac"),)
    assert len(found.paths) == 10


@pytest.mark.parametrize("seed", range(5))
def test_nearly_the_same_sound_stands_on_one_side(read: Read, folder: Path, seed: int) -> None:
    samples, rate_hz = soundfile.read(folder / "kind0" / "take2.wav")
    soundfile.write(folder / "kind0" / "elsewhere.ogg", 0.5 * samples, rate_hz)

    found = read(seed=seed)

    assert found.findings.alike == ((folder / "kind0" / "elsewhere.ogg", folder / "kind0" / "take2.wav"),)
    assert sides(found)["kind0/elsewhere.ogg"] == sides(found)["kind0/take2.wav"]
    assert found.sources(0) == 5


def test_nearly_the_same_sounds_are_named_as_one_group(read: Read, folder: Path) -> None:
    sound = knocks(70)
    for i in range(4):
        write_wav(folder / "kind0" / f"again{i}.wav", sound * (1 - 0.1 * i))

    together, apart = read(), read(separate=True)

    group = tuple(folder / "kind0" / f"again{i}.wav" for i in range(4))
    assert together.findings.alike == apart.findings.alike == (group,)
    assert (together.sources(0), apart.sources(0)) == (6, 9)


def test_what_names_put_together_is_not_named_for_being_alike(read: Read, folder: Path) -> None:
    sound = knocks(70)
    for i in range(3):
        write_wav(folder / "kind0" / f"again-{i}.wav", sound * (1 - 0.1 * i))

    assert read().findings.alike == ()
    assert len(read(separate=True).findings.alike) == 1


@pytest.mark.parametrize("seed", range(5))
def test_one_sound_in_two_classes_is_said_and_learned_from(read: Read, folder: Path, seed: int) -> None:
    shutil.copy(folder / "kind0" / "take2.wav", folder / "kind1" / "other.wav")

    found = read(seed=seed)

    assert found.findings.contradictory == ((folder / "kind1" / "other.wav", folder / "kind0" / "take2.wav"),)
    assert sides(found)["kind1/other.wav"] == sides(found)["kind0/take2.wav"] == LEARNED_FROM


def test_classes_of_one_or_two_clips_are_learned_from_only(read: Read, folder: Path) -> None:
    write_wav(folder / "one" / "a1.wav", knocks(50))
    write_wav(folder / "two" / "b1.wav", knocks(51))
    write_wav(folder / "two" / "b2.wav", knocks(52))

    found = read()

    assert [found.count(kind, HELD_OUT) for kind in range(4)] == [1, 1, 0, 0]
    assert [found.count(kind, LEARNED_FROM) for kind in range(4)] == [4, 4, 1, 2]


def test_large_classes_are_not_compared_pair_by_pair(
    read: Read, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(belonging, "MOST_COMPARED", 5)
    write_wav(folder / "kind1" / "more.wav", knocks(60))

    assert read().findings.not_compared == ("kind1",)


def test_what_is_mixed_in_is_of_the_same_clip(
    read: Read, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(folder / "kind0" / "long.wav", knocks(9, seconds=2))
    met: list[tuple[Samples, Samples]] = []

    def spy(samples: Samples, partner: Samples, *_rest: object) -> Samples:
        met.append((samples, partner))
        return samples

    monkeypatch.setitem(waveform.VARIANTS, "mix", spy)
    found = read(variants=["mix"])

    assert found.examples.log_mel.shape[:2] == (2, len(found.clip))
    whole = {path: decode(path, sample_rate_hz=RATE_HZ).samples for path in found.paths}
    for (samples, partner), clip in zip(met, found.clip, strict=True):
        mine = whole[found.paths[clip]]
        for one in (samples, partner):
            assert one[:200].tobytes() in mine.tobytes()


def test_one_class_is_too_few(read: Read, folder: Path) -> None:
    shutil.rmtree(folder / "kind1")

    with pytest.raises(DatasetError, match="has one class only, 'kind0', and naming takes two"):
        read()


def test_nothing_that_can_be_read(read: Read, folder: Path) -> None:
    for path in folder.rglob("*.wav"):
        path.write_bytes(b"RIFF and no more")

    with pytest.raises(DatasetError, match=r"none of the sounds in .* can be used; .*take0"):
        read()


def test_what_is_no_folder_of_classes_is_refused(
    tiny: Config, tmp_path: Path, esc50_tree: Path, feature_file: Path
) -> None:
    for path, reason in (
        (tmp_path / "nowhere", "no such folder"),
        (tmp_path, "a folder with a sub-folder a class"),
        (esc50_tree, "is ESC-50 itself"),
        (feature_file, "learns from sounds"),
    ):
        with pytest.raises(DatasetError, match=reason):
            read_recordings(path, tiny.front_end, share=0.2)
