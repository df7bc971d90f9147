"""One line for each thing that happens, whatever clients send."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from audio_cnn.server.logs import TextFormatter


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v1/labels", "/api/v1/labels"),
        ("/собака", "/собака"),
        ("/x\n2026-11-28 ERROR made up", r"/x\n2026-11-28 ERROR made up"),
        ("/\r\x1b[2J\x00\u2028", r"/\r\x1b[2J\x00\u2028"),
    ],
)
def test_a_path_cannot_write_a_line_of_its_own(path: str, shown: str) -> None:
    facts = {"msg": "request", "method": "GET", "path": path, "status": 404, "duration_s": 0.001}
    line = TextFormatter().format(logging.makeLogRecord(facts))
    assert line.endswith(f"GET {shown} 404 1.0 ms")
    assert line.isprintable()


@pytest.mark.slow
def test_what_libraries_log_is_json_too() -> None:
    script = """
import logging.config
from audio_cnn.server import ServerSettings
from audio_cnn.server.logs import log_config

logging.config.dictConfig(log_config(ServerSettings()))
logging.getLogger("some.library").warning("look here")
logging.getLogger("python_multipart.multipart").warning("Skipping data after last boundary")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    (line,) = map(json.loads, done.stderr.splitlines())
    assert (line["logger"], line["level"], line["message"]) == ("some.library", "WARNING", "look here")
