"""Fetching files over HTTP: resumable, checked, and never half there."""

from audio_cnn.download.http import Progress, download

__all__ = ["Progress", "download"]
