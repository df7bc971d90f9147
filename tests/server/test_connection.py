"""Headers that never end or never come, and bytes that are none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn
from uvicorn.server import ServerState

from audio_cnn.server.connection import MOST_HEADER_BYTES, BoundedHttp

GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
WITHOUT_END_BYTES = 8 * 2**20

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def counting(scope: dict, receive: Callable[[], Awaitable[dict]], send: Callable) -> None:
    """An application that says how long the body was, or answers before it is there."""
    size_bytes, more = 0, scope["path"] != "/at-once"
    while more:
        message = await receive()
        size_bytes += len(message.get("body", b""))
        more = message.get("more_body", False)
    text = b"%d" % size_bytes
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(text))]}
    )
    await send({"type": "http.response.body", "body": text})


def with_connection(action: Callable[[Client], Awaitable[None]], *, keep_alive_s: int = 5) -> None:
    """Run something with a connection to a server of ours."""

    async def main() -> None:
        config = uvicorn.Config(
            counting,
            http=BoundedHttp,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            timeout_keep_alive=keep_alive_s,
        )
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: BoundedHttp(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            client = await asyncio.open_connection(*server.sockets[0].getsockname())
            await asyncio.wait_for(action(client), 10)
            client[1].close()

    asyncio.run(main())


async def repeat(writer: asyncio.StreamWriter, piece: bytes, count: int) -> None:
    """Send the same so many times."""
    for _ in range(count):
        writer.write(piece)
        await writer.drain()


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The body of the next one."""
    head = await reader.readuntil(b"\r\n\r\n")
    return await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (GET, b"".join(b"X-%d: a\r\n" % number for number in range(4000))),
        (GET + b"X: ", b"a" * 40_000),
        (b"GET /", b"a" * 40_000),
        (CHUNKED + b"1\r\nx\r\n0\r\n", b"X: a\r\n" * 8000),
        (CHUNKED + b"1;", b"a" * 40_000),
    ],
    ids=["many headers", "a long header", "a long address", "headers after the body", "notes in the body"],
)
def test_what_never_ends_is_cut_off(start: bytes, piece: bytes) -> None:
    async def send_without_end(client: Client) -> None:
        writer = client[1]
        writer.write(start)
        with pytest.raises(ConnectionError):
            await repeat(writer, piece, WITHOUT_END_BYTES // len(piece))

    with_connection(send_without_end)


def test_headers_within_the_limit_may_come_in_pieces() -> None:
    async def send_slowly(client: Client) -> None:
        reader, writer = client
        for _ in range(2):  # what one request had counts no more for the next
            writer.write(GET + b"X: ")
            await repeat(writer, b"a" * (MOST_HEADER_BYTES // 6), 5)
            writer.write(b"\r\n\r\n")
            assert await answer(reader) == b"0"

    with_connection(send_slowly)


def test_bodies_are_no_headers() -> None:
    async def send_bodies(client: Client) -> None:
        reader, writer = client
        size_bytes = 20 * MOST_HEADER_BYTES
        body = b"Content-Length: %d\r\n\r\n" % size_bytes + bytes(size_bytes)
        writer.write(POST + body + POST + body)
        writer.write(CHUNKED + b"100000\r\n" + bytes(2**20) + b"\r\n0\r\n\r\n")
        assert [await answer(reader) for _ in range(3)] == [
            b"%d" % size_bytes,
            b"%d" % size_bytes,
            b"1048576",
        ]

    with_connection(send_bodies)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\n", b"X: a\r\n"),
        (GET + b"\r\n", b"\r\n"),
        (GET + b"\r\n", b"G"),
        (POST.replace(b"/", b"/at-once", 1) + b"Content-Length: 1000\r\n\r\n", b"a"),
    ],
    ids=["nothing", "headers", "empty lines", "another request", "the rest of a body that is answered"],
)
def test_no_connection_is_held_for_nothing(start: bytes, piece: bytes) -> None:
    async def send_drop_by_drop(client: Client) -> None:
        reader, writer = client
        writer.write(start)
        answers = asyncio.create_task(reader.read())
        while not answers.done():  # once the connection is closed
            writer.write(piece)
            await asyncio.sleep(0.1)
        with suppress(ConnectionError):
            assert (await answers).count(b"HTTP/1.1 200") == start.count(b"\r\n\r\n")

    with_connection(send_drop_by_drop, keep_alive_s=1)


def test_who_is_sending_a_body_has_time() -> None:
    async def send_slowly(client: Client) -> None:
        reader, writer = client
        for _ in range(2):
            writer.write(POST + b"Content-Length: 16\r\n\r\n")
            for _ in range(16):
                await asyncio.sleep(0.1)
                writer.write(b"a")
            assert await answer(reader) == b"16"

    with_connection(send_slowly, keep_alive_s=1)


H2C = POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


@pytest.mark.parametrize("pause_s", [0, 0.1], ids=["at once", "later"])
def test_who_asks_for_another_protocol_keeps_their_body(pause_s: float) -> None:
    async def ask_for_another(client: Client) -> None:
        reader, writer = client
        hidden = GET + b"\r\n"
        for _ in range(2):
            writer.write(H2C + b"Content-Length: %d\r\n\r\n" % len(hidden))
            await asyncio.sleep(pause_s)
            writer.write(hidden + POST + b"Content-Length: 3\r\n\r\nabc")
            assert [await answer(reader), await answer(reader)] == [b"%d" % len(hidden), b"3"]

    with_connection(ask_for_another)


def test_thousands_may_ask_for_another_protocol_at_once() -> None:
    async def ask_often(client: Client) -> None:
        reader, writer = client
        writer.write((GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n") * 2000)
        assert [await answer(reader) for _ in range(2000)] == [b"0"] * 2000

    with_connection(ask_often)


LISTEN = b"GET /api/v1/listen HTTP/1.1\r\nHost: here\r\n"
WEBSOCKET = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.mark.parametrize(
    "request_of",
    [
        GET + WEBSOCKET,
        LISTEN.replace(b"GET", b"POST") + WEBSOCKET,
        LISTEN + WEBSOCKET.replace(b"websocket", b"h2c"),
        GET + b"\r\n" + LISTEN + WEBSOCKET,
    ],
    ids=["elsewhere", "another verb", "another protocol", "behind a request"],
)
def test_where_no_websocket_is_a_request_is_answered(request_of: bytes) -> None:
    async def ask(client: Client) -> None:
        reader, writer = client
        writer.write(request_of + b"\r\n" + POST + b"Content-Length: 3\r\n\r\nabc")
        expected = [b"0"] * request_of.count(b" HTTP/1.1") + [b"3"]
        assert [await answer(reader) for _ in expected] == expected

    with_connection(ask)


@pytest.mark.parametrize(
    "headers",
    [
        WEBSOCKET + b"X: " + b"a" * 20_000 + b"\r\n",
        WEBSOCKET + b"".join(b"X-%d: a\r\n" % number for number in range(300)),
        WEBSOCKET + b"Content-Length: 5\r\n",
        WEBSOCKET + b"Transfer-Encoding: chunked\r\n",
        WEBSOCKET.replace(b"13", b"8"),
        b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    ],
    ids=["a long one", "many", "of a body", "of chunks", "another version", "no key"],
)
def test_what_opens_no_websocket_is_told_and_let_go(headers: bytes) -> None:
    async def ask(client: Client) -> None:
        reader, writer = client
        writer.write(LISTEN + headers + b"\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")

    with_connection(ask)


def test_it_is_no_proxy() -> None:
    async def connect(client: Client) -> None:
        reader, writer = client
        writer.write(b"CONNECT elsewhere:80 HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")

    with_connection(connect)
