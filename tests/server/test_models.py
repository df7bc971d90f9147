"""Several models in one server: each request may ask for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from made_data import RATE_HZ, class_sound, wav_bytes

from audio_cnn.errors import ModelError
from audio_cnn.prediction import Classifier
from audio_cnn.server import ServerSettings, create_app

SHIPPED = "compact"  # of another rate and with other activations than the tiny model


@pytest.fixture(scope="module")
def both(settings: ServerSettings) -> Iterator[TestClient]:
    """A client of a server with the tiny model, by default, and the shipped one."""
    app = create_app(settings.model_copy(update={"more_models": [SHIPPED]}))
    with TestClient(app) as client:
        yield client


def test_the_models_are_listed_the_default_one_first_with_what_the_server_takes(
    both: TestClient, classifier: Classifier, settings: ServerSettings
) -> None:
    shipped, tiny = Classifier(SHIPPED).info, classifier.info
    assert tiny.accuracy != shipped.accuracy
    told = [
        {"name": "tiny", "parameters": tiny.parameters, "classes": 50, "accuracy": tiny.accuracy},
        {"name": SHIPPED, "parameters": shipped.parameters, "classes": 50, "accuracy": shipped.accuracy},
    ]
    limits = {"upload_bytes": settings.upload_bytes, "sound_s": settings.sound_s}
    assert both.get("/api/v1/models").json() == [one | limits for one in told]


@pytest.mark.parametrize("name", ["tiny", SHIPPED, None])
def test_each_answers_as_it_does_alone(
    both: TestClient, classifier: Classifier, dog: bytes, name: str | None
) -> None:
    alone = Classifier(SHIPPED, threads=1) if name == SHIPPED else classifier
    asked = {"top": 1} | ({"model": name} if name else {})
    said = both.post("/api/v1/classify", content=dog, params=asked)
    best = alone.classify(dog).best
    (answered,) = said.json()["predictions"]
    assert answered["label"] == best.label.name
    assert answered["confidence"] == pytest.approx(best.confidence, abs=1e-4)


def test_the_card_is_that_of_the_model(both: TestClient) -> None:
    rates_hz = {
        name: both.get("/api/v1/model", params={"model": name}).json()["front_end"]["sample_rate_hz"]
        for name in ("tiny", SHIPPED)
    }
    assert rates_hz == {"tiny": RATE_HZ, SHIPPED: 44_100}


def test_an_analysis_remembers_which_model_it_was_of(both: TestClient) -> None:
    sound = wav_bytes(class_sound("dog", seed=1, seconds=7))
    document = both.post("/api/v1/analyze", content=sound, params={"model": SHIPPED}).json()
    assert document["model"] == SHIPPED
    deepest = document["activations"][-1]
    channels = both.get(f"/api/v1/analyses/{document['id']}/activations/{deepest['name']}")
    assert channels.status_code == 200
    assert int.from_bytes(channels.content[:4], "little") == deepest["channels"]


@pytest.mark.parametrize("route", ["classify", "analyze"])
def test_a_model_that_is_not_there_is_a_clear_problem(both: TestClient, dog: bytes, route: str) -> None:
    problem = both.post(f"/api/v1/{route}", content=dog, params={"model": "large"})
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["detail"] == "no model 'large' is served; there are: tiny, compact"


def test_two_files_of_one_name_are_refused(settings: ServerSettings, tmp_path: Path) -> None:
    again = tmp_path / Path(settings.model).name
    again.write_bytes(Path(settings.model).read_bytes())
    with pytest.raises(ModelError, match="two models are called 'tiny'"):
        create_app(settings.model_copy(update={"more_models": [str(again)]}))
