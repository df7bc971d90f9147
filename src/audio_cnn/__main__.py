"""``python -m audio_cnn``: the command line."""

from audio_cnn.cli.main import run

run()
