"""Another model for the journeys: `python make_model.py FILE`.

The shipped one, of which it keeps three classes, as classes of one's own, and the first maps. It is so
lukewarm that nothing reaches its threshold.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import onnx
from onnx import helper

from audio_cnn.prediction.model_file import (
    METADATA_KEY,
    OUTPUT_LOG_MEL,
    OUTPUT_RANGE_DB,
    OUTPUT_SCORES,
    find_model,
)

CLASSES = ("rain", "siren", "clock_tick")
ACTIVATIONS = ("conv1", "layer1.block0.conv", "layer1", "layer2")


def main() -> None:
    model = onnx.load(find_model("compact"))
    (entry,) = [one for one in model.metadata_props if one.key == METADATA_KEY]
    facts = json.loads(entry.value)
    keep_classes(model, [[one["name"] for one in facts["labels"]].index(name) for name in CLASSES])
    keep_outputs(model, (OUTPUT_SCORES, OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *ACTIVATIONS))
    facts |= {
        "name": "mine",
        "labels": [{"name": f"my_{name}", "category": "", "emoji": "🔊"} for name in CLASSES],
        "activations": ACTIVATIONS,
        "evidence": False,
        "temperature": 20.0,
        "rejection": {"least_confidence": 0.95, "accepted": 0.5},
        "record": {"data": "3 classes of one's own"},
    }
    entry.value = json.dumps(facts)
    onnx.save(model, Path(sys.argv[1]))


def keep_classes(model: onnx.ModelProto, places: list[int]) -> None:
    for node in model.graph.node:
        node.output[:] = ["all_scores" if name == OUTPUT_SCORES else name for name in node.output]
    index = helper.make_tensor("kept_classes", onnx.TensorProto.INT64, [len(places)], places)
    model.graph.initializer.append(index)
    gather = helper.make_node("Gather", ["all_scores", "kept_classes"], [OUTPUT_SCORES], axis=1)
    model.graph.node.append(gather)
    (scores,) = [one for one in model.graph.output if one.name == OUTPUT_SCORES]
    scores.type.tensor_type.shape.dim[1].dim_value = len(places)


def keep_outputs(model: onnx.ModelProto, names: tuple[str, ...]) -> None:
    kept = [one for one in model.graph.output if one.name in names]
    del model.graph.output[:]
    model.graph.output.extend(kept)


if __name__ == "__main__":
    main()
