"""The random equaliser."""

from __future__ import annotations

import torch

from audio_cnn.augmentation.equaliser import random_equaliser


def test_silence_stays_silence() -> None:
    torch.manual_seed(0)
    clips = torch.rand(40, 16, 20)
    clips[:, :, 5:9] = 0

    equalised = random_equaliser(clips, strongest_db=20, range_db=80)

    assert not equalised[:, :, 5:9].any()
    assert not torch.equal(equalised, clips)


def test_the_change_is_a_smooth_curve_over_bands_within_the_limit() -> None:
    torch.manual_seed(1)
    clips = torch.full((200, 33, 3), 0.5)

    change_db = (random_equaliser(clips, strongest_db=6, range_db=80) - clips) * 80

    assert torch.allclose(change_db, change_db[:, :, :1].expand_as(change_db), atol=1e-4)
    assert 5 < float(change_db.abs().max()) <= 6 + 1e-4
    # Five points over 33 bands: 8 bands from one point to the next.
    assert float(change_db.diff(dim=1).abs().max()) <= 12 / 8 + 1e-4
    assert float(change_db.diff(n=2, dim=1)[:, :7].abs().max()) < 1e-4


def test_values_stay_in_range() -> None:
    torch.manual_seed(2)
    equalised = random_equaliser(torch.rand(40, 16, 20), strongest_db=40, range_db=80)

    assert float(equalised.min()) >= 0
    assert float(equalised.max()) <= 1
