"""A server on this host that misbehaves on demand."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 1_500


@dataclass
class Behaviour:
    """What the server does, and what it was asked."""

    content: bytes = CONTENT
    etag: str = '"first"'
    ranges: bool = True
    length: bool | str = True  # stated rightly, not at all, or as this
    cut_after: list[int] = field(default_factory=list)  # bytes sent by the next answers before hanging up
    statuses: list[int] = field(default_factory=list)  # refusals of the next answers
    location: str = ""
    stall_s: float = 0.0
    wrong_range: bool = False
    asked: list[str] = field(default_factory=list)  # the Range header of every request


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        does = self.server.does
        does.asked.append(self.headers.get("Range", ""))
        if does.statuses:
            self._refuse(does.statuses.pop(0))
            return
        start = self._start(does)
        if start > 0 and start >= len(does.content):
            self._refuse(416, {"Content-Range": f"bytes */{len(does.content)}"})
            return
        self._head(does, start)
        body = does.content[start:]
        self.wfile.write(body[: does.cut_after.pop(0)] if does.cut_after else body)

    def _start(self, does: Behaviour) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") == does.etag
        return int(asked[1]) if asked and does.ranges and same else 0

    def _head(self, does: Behaviour, start: int) -> None:
        self.send_response(206 if start else 200)
        if start:
            shown = start + 1 if does.wrong_range else start
            self.send_header("Content-Range", f"bytes {shown}-{len(does.content) - 1}/{len(does.content)}")
        if does.etag:
            self.send_header("ETag", does.etag)
        if does.length:
            right = str(len(does.content) - start)
            self.send_header("Content-Length", right if does.length is True else does.length)
        self.end_headers()
        if does.stall_s:
            self.server.released.wait(does.stall_s)

    def _refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.server.does.location:
            self.send_header("Location", self.server.does.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


class FileServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.does = Behaviour()
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/file.bin"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""
