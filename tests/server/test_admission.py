"""How much is let in at once."""

from __future__ import annotations

import pytest

from audio_cnn.server.admission import Admission
from audio_cnn.server.metrics import Metrics
from audio_cnn.server.problems import ProblemError


def test_one_too_many_is_told_when_to_come_back() -> None:
    admission = Admission(2, 1000, Metrics())
    with admission.request(10), admission.request(10):
        with pytest.raises(ProblemError) as refused, admission.request(10):
            pass
        assert refused.value.status == 429
        assert refused.value.retry_after_s is not None
        assert refused.value.retry_after_s >= 1
    with admission.request(10):
        pass


def test_bytes_count_too_but_a_lone_upload_has_room() -> None:
    admission = Admission(10, 1000, Metrics())
    with admission.request(5000), pytest.raises(ProblemError), admission.request(1):
        pass
    with admission.request(600), admission.request(400):
        pass


def test_failures_make_room_too() -> None:
    admission = Admission(1, 1000, Metrics())
    for _ in range(3):
        with pytest.raises(ValueError, match="mine"), admission.request(1000):
            raise ValueError("mine")


def test_the_wait_follows_the_usual_time() -> None:
    import time

    admission = Admission(1, 1000, Metrics())
    for _ in range(30):
        with admission.request(1):
            time.sleep(0.001)
    with admission.request(1), pytest.raises(ProblemError) as refused, admission.request(1):
        pass
    assert refused.value.retry_after_s == 1
