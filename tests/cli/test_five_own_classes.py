"""The promise: five classes that ESC-50 lacks, eight clips of each, minutes on a CPU, nine of ten right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_sounds import KINDS, write_own_sounds

from audio_cnn.prediction import Classifier
from audio_cnn.sounds.bundled import demo_paths
from audio_cnn.sounds.outside import OUTSIDE, outside_sound

LONGEST_CPU_S = 2 * 180
NAME_WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from audio_cnn.cli.main import run
run()
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name != "posix", reason="CPU time of a child process"),
]


def test_learned_from_eight_clips_of_each_and_right_on_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_own_sounds(tmp_path / "mine", range(8))
    others = write_own_sounds(tmp_path / "others", range(100, 110))
    model = tmp_path / "mine.onnx"

    train = ["train", "--data", data, "--from", "esc50", "--run", tmp_path / "run", "--output", model]
    before = os.times()
    command = [sys.executable, "-m", "audio_cnn", *map(str, train)]
    finished = subprocess.run(command, capture_output=True, text=True)
    after = os.times()
    assert finished.returncode == 0, finished.stderr
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system

    classify = ["classify", others, "--recursive", "--model", model, "--format", "json"]
    command = [sys.executable, "-c", NAME_WITHOUT_TORCH, *map(str, classify)]
    answers = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    named = {Path(one["file"]): one["predictions"][0] for one in answers}
    right = sum(path.parent.name == best["label"] for path, best in named.items())
    with capsys.disabled():
        print(f"\n{right} of {len(named)} right after {cpu_s:.0f} s of CPU time ({LONGEST_CPU_S} s allowed)")

    assert "10 held out, by whole recordings" in finished.stdout
    assert len(named) == 50
    assert right >= 45
    assert cpu_s < LONGEST_CPU_S
    classifier = Classifier(model)
    unsure = [classifier.classify(path).state for path in named].count("unsure")
    others = [classifier.classify(path).state for path in demo_paths()].count("unsure")
    strange = [classifier.classify(outside_sound(kind, seed)) for kind in OUTSIDE for seed in range(500, 505)]
    resembles = [answer.resembles for answer in strange if answer.state == "unsure"]
    assert unsure <= 10
    assert others / len(demo_paths()) > 2 * unsure / len(named)
    assert len(resembles) >= 0.8 * len(strange)
    assert len([kind for kind in resembles if kind]) >= 0.8 * len(resembles)
    assert [label.name for label in classifier.info.labels] == sorted(KINDS)
    for path, best in list(named.items())[::10]:
        answer = classifier.classify(path).best
        assert answer.label.name == best["label"]
        assert answer.confidence == pytest.approx(best["confidence"], abs=1e-4)
