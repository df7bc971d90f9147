"""``audio-cnn serve``: the answer over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.server.settings import ServerSettings


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 0.0.0.0: every one.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0: any free one.", show_default="8000")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            help="Shipped model's name, or a model file; several may be given, the first is the default.",
            show_default="all that are shipped",
        ),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Answer over HTTP until Ctrl-C or another signal to end.

    Everything else is set by environment variables, or by a TOML file that
    AUDIO_CNN_SETTINGS names: docs/server.md lists them.

    [bold]Examples[/bold]

      audio-cnn serve --open
      audio-cnn serve --host 0.0.0.0 --port 8080
      audio-cnn serve --model compact --model mine.onnx
      curl --data-binary @dog.wav localhost:8000/api/v1/classify
      AUDIO_CNN_QUEUE=64 AUDIO_CNN_LOG_FORMAT=text audio-cnn serve
    """
    import sys

    given: dict[str, Any] = {"host": host, "port": port}
    if model:
        given |= {"model": model[0], "more_models": model[1:]}
    settings = read_settings({key: value for key, value in given.items() if value is not None})
    if "log_format" not in settings.model_fields_set and sys.stderr.isatty():
        settings = settings.model_copy(update={"log_format": "text"})
    from audio_cnn.server import running

    try:
        running.serve(settings, when_ready=open_page if open_ else None)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def read_settings(given: dict[str, Any]) -> ServerSettings:
    """Settings from the command line, the environment and the settings file.

    Raises:
        ConfigError: one of them makes no sense.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from audio_cnn.server.settings import ServerSettings

    try:
        return ServerSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"setting '{'.'.join(map(str, first['loc']))}': {first['msg']}") from error
    except SettingsError as error:
        way_out = """lists are written as JSON, such as '["https://example.org"]'"""
        raise ConfigError(f"{error}; {way_out}") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"the settings cannot be read: {error}") from error


def open_page(address: str) -> None:
    """Show the page in the person's browser."""
    import webbrowser

    webbrowser.open(address)
