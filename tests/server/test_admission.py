"""How much is let in at once."""

from __future__ import annotations

import itertools

import pytest

from audio_cnn.server.admission import Admission, Streams
from audio_cnn.server.metrics import Metrics
from audio_cnn.server.problems import ProblemError


def test_one_too_many_is_told_when_to_come_back() -> None:
    admission = Admission(2, 1000, 15, Metrics())
    with admission.request(10), admission.request(10):
        with pytest.raises(ProblemError) as refused, admission.request(10):
            pass
        assert refused.value.status == 429
        assert refused.value.retry_after_s is not None
        assert refused.value.retry_after_s >= 1
    with admission.request(10):
        pass


def test_bytes_count_too_but_a_lone_upload_has_room() -> None:
    admission = Admission(10, 1000, 15, Metrics())
    with admission.request(5000), pytest.raises(ProblemError), admission.request(1):
        pass
    with admission.request(600), admission.request(400):
        pass


def test_failures_make_room_too() -> None:
    admission = Admission(1, 1000, 15, Metrics())
    for _ in range(3):
        with pytest.raises(ValueError, match="mine"), admission.request(1000):
            raise ValueError("mine")


@pytest.mark.parametrize(("deadline_s", "told_s"), [(15, 2), (1, 1)])
def test_the_wait_is_a_usual_stay_but_never_beyond_the_deadline(
    monkeypatch: pytest.MonkeyPatch, deadline_s: float, told_s: int
) -> None:
    now_s = itertools.count(step=2)  # each look at the clock is two seconds later
    monkeypatch.setattr("audio_cnn.server.admission.perf_counter", lambda: float(next(now_s)))
    admission = Admission(3, 1000, deadline_s, Metrics())
    for _ in range(60):
        with admission.request(1):
            pass
    with admission.request(1), admission.request(1), admission.request(1):
        with pytest.raises(ProblemError) as refused, admission.request(1):
            pass
        assert refused.value.retry_after_s == told_s


def test_where_no_sound_goes_on_nobody_is_told_to_come_back() -> None:
    with pytest.raises(ProblemError) as refused, Streams(0, Metrics()).one():
        pass
    assert (refused.value.status, refused.value.retry_after_s) == (404, None)
