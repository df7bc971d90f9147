"""HTTP as uvicorn speaks it, with a limit that its fast parser does not have."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEADER_BYTES = 2**16


class BoundedHttp(HttpToolsProtocol):
    """A connection that cannot send headers without end, which would be kept until memory is full.

    Counted are bytes in a row that get a request nowhere: neither to the end of its headers nor on with its
    body. That bounds what may follow a body too. The other parser of uvicorn has such a limit of its own, but
    takes longer over a sound.
    """

    _bytes_to_nowhere = 0

    def data_received(self, data: bytes) -> None:
        """Called with what has arrived."""
        self._bytes_to_nowhere += len(data)
        super().data_received(data)
        if self._bytes_to_nowhere > MOST_HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("Request headers too large.")

    def on_message_begin(self) -> None:
        """Called at the first byte of a request."""
        self._bytes_to_nowhere = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called once a request's headers are there."""
        self._bytes_to_nowhere = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Called with each piece of a request's body."""
        self._bytes_to_nowhere = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Called at the end of a request."""
        self._bytes_to_nowhere = 0
        super().on_message_complete()
