"""Logs: one JSON object a line for machines, or text for people."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS

from audio_cnn.server.settings import ServerSettings

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def log_config(settings: ServerSettings) -> dict[str, Any]:
    """For ``logging.config.dictConfig``, which is also what uvicorn takes. To standard error."""
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": TEXT,
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
                "reserved_attrs": [*RESERVED_ATTRS, "color_message"],  # uvicorn's, for terminals
                "json_ensure_ascii": False,
            },
            "text": {"()": "audio_cnn.server.logs.TextFormatter"},
        },
        "filters": {"own": {"()": "audio_cnn.server.logs.OwnLineSaysMore"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": settings.log_format,
                "filters": ["own"],
            }
        },
        "loggers": {
            "audio_cnn": {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn.access": {"level": "CRITICAL"},  # our own line says more
            "python_multipart": {"level": "ERROR"},  # a form that cannot be read is its sender's fault
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }


class OwnLineSaysMore(logging.Filter):
    """Leaves out what is said of a WebSocket by those who speak it, but for faults: a refusal is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        speaks = record.module == "websockets_sansio_impl" or "/websockets/" in record.pathname
        fault = record.exc_info and not isinstance(record.exc_info[1], UnicodeDecodeError)  # the client's
        return bool(fault) or not speaks


class TextFormatter(logging.Formatter):
    """A line for people; a request's as method, path, status and time."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging calls
        facts = vars(record)
        if "duration_s" in facts:
            took = f"{facts['duration_s'] * 1e3:.1f} ms"
            closed = f" closed {facts['closed']}" if "closed" in facts else ""
            record.message = f"{facts['method']} {printable(facts['path'])} {facts['status']}{closed} {took}"
        return super().formatMessage(record)


def printable(text: str) -> str:
    """With everything escaped that could end a line or move a terminal's cursor: clients make up paths."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
