"""Where a network says that it has heard a class, of two sounds one after the other: is it there?"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from audio_cnn import Classifier
from audio_cnn.prediction import shipped_models
from audio_cnn.sounds.bundled import demo_paths
from audio_cnn.waveform import decode
from benchmarks.measure import Row


def rows() -> list[Row]:
    """For each shipped network, how often a demo sound's class has its score from where the sound is."""
    return [located(name) for name in shipped_models()]


def located(name: str) -> Row:
    """Of all pairs of demo sounds, half a window each."""
    classifier = Classifier(name)
    front_end = classifier.info.front_end
    halves = {
        path.stem.partition("-")[0]: decode(path, sample_rate_hz=front_end.sample_rate_hz).samples[
            : front_end.window_samples // 2
        ]
        for path in demo_paths()
    }
    index = {label.name: label.index for label in classifier.info.labels}
    found = []
    for sooner, later in permutations(halves, 2):
        both = np.concatenate([halves[sooner], halves[later]])
        evidence = classifier.analyze(both, activations=[]).evidence
        if evidence is None:
            return Row(f"evidence: {name}", "does not tell")
        early, late = (part.sum(axis=(1, 2)) for part in np.array_split(evidence, 2, axis=2))
        found += [early[index[sooner]] > late[index[sooner]], late[index[later]] > early[index[later]]]
    return Row(f"evidence: {name}, on the side of its sound", f"{sum(found)} of {len(found)}")
