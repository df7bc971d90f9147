"""All augmentation of a batch of log-mels, in the order the recipe applies it."""

from __future__ import annotations

from torch import Tensor

from audio_cnn.augmentation.crop import random_crop
from audio_cnn.augmentation.degrading import (
    random_band_limit,
    random_noise,
    random_piece,
    random_room,
)
from audio_cnn.augmentation.equaliser import random_equaliser
from audio_cnn.augmentation.masking import random_masks
from audio_cnn.augmentation.mixing import mix_powers, mixup
from audio_cnn.augmentation.warping import random_pitch
from audio_cnn.config import AugmentationConfig


def augment(
    log_mel: Tensor, target: Tensor, config: AugmentationConfig, *, range_db: float
) -> tuple[Tensor, Tensor]:
    """Crop, warp, equalise, degrade, mix, mask.

    log_mel float [B, M, F] in 0..1, target float [B, K] (one-hot) ->
    [B, M, ``crop_frames``] (0: all of them) and [B, K], rows of which still sum to one.
    """
    frames = min(config.crop_frames or log_mel.shape[2], log_mel.shape[2])
    if config.roll or config.tempo or frames < log_mel.shape[2]:
        log_mel = random_crop(log_mel, frames, roll=config.roll, tempo=config.tempo)
    if config.pitch_bands:
        log_mel = random_pitch(log_mel, bands=config.pitch_bands)
    if config.equaliser_db:
        log_mel = random_equaliser(log_mel, strongest_db=config.equaliser_db, range_db=range_db)
    if config.piece_share:
        log_mel = random_piece(log_mel, share=config.piece_share)
    if config.room_share:
        log_mel = random_room(log_mel, share=config.room_share, range_db=range_db)
    if config.band_limit:
        log_mel = random_band_limit(log_mel, share=config.band_limit)
    if config.noise_db:
        log_mel = random_noise(
            log_mel, loudest_db=config.noise_db, range_db=range_db, share=config.noise_share
        )
    if config.mix == "power":
        log_mel, target = mix_powers(log_mel, target, share=config.mix_share, range_db=range_db)
    elif config.mix == "mixup":
        log_mel, target = mixup(log_mel, target, share=config.mix_share, alpha=config.mixup_alpha)
    log_mel = random_masks(log_mel, dim=1, count=config.frequency_masks, longest=config.frequency_mask_bands)
    log_mel = random_masks(log_mel, dim=2, count=config.time_masks, longest=config.time_mask_frames)
    return log_mel, target
