"""The ``audio-cnn`` command: one file for each verb, put together here."""

from __future__ import annotations

import sys

import typer

from audio_cnn.cli.classify import classify
from audio_cnn.cli.dataset import dataset
from audio_cnn.cli.evaluate import evaluate
from audio_cnn.cli.export import export
from audio_cnn.cli.models import models
from audio_cnn.cli.terminal import fail
from audio_cnn.cli.train import train
from audio_cnn.errors import AudioCnnError

INTERRUPTED = 130

app = typer.Typer(
    name="audio-cnn",
    help="Names environmental sounds, and shows what the network heard.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(classify)
app.command()(evaluate)
app.command()(train)
app.command()(export)
app.command()(models)
app.add_typer(dataset, name="dataset")


def version(show: bool) -> None:
    """Print the version and stop."""
    if show:
        from audio_cnn import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    _version: bool = typer.Option(
        False, "--version", callback=version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Names environmental sounds, and shows what the network heard."""


def run() -> None:
    """Entry point: errors of ours become one line and exit code 1, Ctrl-C exit code 130."""
    try:
        app()
    except AudioCnnError as error:
        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is left to say.
        sys.stderr.close()
        sys.exit(0)
