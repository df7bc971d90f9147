"""The ``audio-cnn`` command: one file for each verb, put together here."""

from __future__ import annotations

import os
import sys

import typer

from audio_cnn.cli.analyze import analyze
from audio_cnn.cli.classify import classify
from audio_cnn.cli.dataset import dataset
from audio_cnn.cli.evaluate import evaluate
from audio_cnn.cli.export import export
from audio_cnn.cli.listen import listen
from audio_cnn.cli.models import models
from audio_cnn.cli.serve import serve
from audio_cnn.cli.stopping import interrupted, take_signals_for_ctrl_c
from audio_cnn.cli.terminal import fail, need_standard_streams, never_choke_on_letters
from audio_cnn.cli.train import train
from audio_cnn.errors import AudioCnnError

app = typer.Typer(
    name="audio-cnn",
    help="Names environmental sounds, and shows what the network heard.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(classify)
app.command()(listen)
app.command()(analyze)
app.command()(serve)
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
    """Entry point: errors of ours and of the system become one line and exit code 1, Ctrl-C exit code 130."""
    take_signals_for_ctrl_c()
    need_standard_streams()
    never_choke_on_letters()
    try:
        try:
            app()
        except SystemExit as stop:
            raise reason(stop) from None
        finally:
            print(end="", flush=True)  # now, while the reader's having gone can still be caught
    except AudioCnnError as error:
        fail(str(error))
    except KeyboardInterrupt as stop:
        interrupted(stop)
    except ImportError as error:  # what pybind11 makes of Ctrl-C while it starts a module, as ONNX Runtime's
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        interrupted(error.__cause__)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is left to say, also not while Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))


def reason(stop: SystemExit) -> BaseException:
    """The Ctrl-C or broken pipe that typer has made this exit of; else the exit itself."""
    cause = stop.__context__
    if isinstance(cause, typer.Exit):
        cause = cause.__cause__
    return cause if isinstance(cause, (KeyboardInterrupt, BrokenPipeError)) else stop
