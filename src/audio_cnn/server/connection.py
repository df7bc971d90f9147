"""HTTP as uvicorn speaks it, with limits that its fast parser does not have."""

from __future__ import annotations

import asyncio

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEADER_BYTES = 2**16
WEBSOCKET_PATH = b"/api/v1/listen"
# About a change of protocol, and so left out once it is refused.
OF_UPGRADES = {b"upgrade", b"http2-settings"}


class BoundedHttp(HttpToolsProtocol):
    """A connection that cannot send headers without end, which would be kept until memory is full.

    Counted are bytes in a row that get a request nowhere: neither to the end of its headers nor on with its
    body. That bounds what may follow a body too. The other parser of uvicorn has such a limit of its own, but
    takes longer over a sound.

    Nor can it be held for nothing: the next request's headers are due as long after the last answer, or the
    connection's begin, as an idle connection is kept. Uvicorn waits without end for the first, and for the
    rest of what it has answered already.

    A WebSocket is opened where there is one. Who asks for it elsewhere, or for another protocol, as some
    clients do with their first request, is answered in this one (RFC 9110, section 7.8). The parser stops
    there and takes no body, so that a body that comes later would be taken for another request: it gets the
    request anew, without the wish.
    """

    _bytes_to_nowhere = 0
    _asks_for_upgrade = False
    _opens_websocket = False
    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called once, first."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called once, last."""
        self._stop_awaiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called with what has arrived."""
        self._bytes_to_nowhere += len(data)
        self._unset_keepalive_if_required()
        try:
            while data:
                data = self._parse(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if self._bytes_to_nowhere > MOST_HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("Request headers too large.")

    def on_message_begin(self) -> None:
        """Called at the first byte of a request."""
        self._bytes_to_nowhere = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called once a request's headers are there."""
        self._bytes_to_nowhere = 0
        self._stop_awaiting()
        self._asks_for_upgrade = self.parser.should_upgrade()
        self._opens_websocket = self._asks_for_upgrade and self._asks_for_websocket()
        if not self._asks_for_upgrade or self._opens_websocket:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Called with each piece of a request's body."""
        self._bytes_to_nowhere = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Called at the end of a request."""
        self._bytes_to_nowhere = 0
        if not self._asks_for_upgrade:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Called at the end of an answer."""
        super().on_response_complete()
        if self.cycle.response_complete:  # else another request is there already
            self._await_headers()

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _stop_awaiting(self) -> None:
        if self._headers_due:
            self._headers_due.cancel()

    def _parse(self, data: bytes) -> bytes:
        """What is left to be parsed: nothing, unless a request has asked for another protocol."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            if self._opens_websocket:
                self._open_websocket()
                return b""
            return self._anew() + data[stopped.args[0] :]
        return b""

    def _asks_for_websocket(self) -> bool:
        """Whether this request, which nothing is still to be answered before, begins one that there is."""
        where = self.parser.get_method(), self.url.partition(b"?")[0], self.parser.get_http_version()
        free = self.cycle is None or self.cycle.response_complete
        return free and where == (b"GET", WEBSOCKET_PATH, "1.1") and self._should_upgrade()

    def _open_websocket(self) -> None:
        """Give the connection away, unless the other side cannot read the request, and would keep it open."""
        self.handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if not (self.transport.is_closing() or getattr(websocket, "handshake_initiated", True)):
            self.send_400_response("Invalid WebSocket request received.")

    def _anew(self) -> bytes:
        """The headers that the parser has stopped after, for a fresh one."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            raise httptools.HttpParserError("this is no proxy")
        start = b"%s %s HTTP/%s" % (method, self.url, self.parser.get_http_version().encode())
        kept = [
            b"%s: %s" % (name, without_upgrade(name, value))
            for name, value in self.headers
            if name not in OF_UPGRADES
        ]
        self.parser = httptools.HttpRequestParser(self)
        return b"\r\n".join([start, *kept, b"", b""])


def without_upgrade(name: bytes, value: bytes) -> bytes:
    """A header's value; of ``Connection`` what is not about a change of protocol."""
    if name != b"connection":
        return value
    return b",".join(part for part in value.split(b",") if part.strip().lower() not in OF_UPGRADES)
