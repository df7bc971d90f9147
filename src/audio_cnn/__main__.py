"""``python -m audio_cnn``: the command line."""

from audio_cnn.cli.main import run

if __name__ == "__main__":  # decoder processes of the server load this file again under another name
    run()
