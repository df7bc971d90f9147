"""URL to file: resumes what was cut off, checks what arrived, and moves it into place in one step.

    target.part         bytes so far; survives Ctrl-C and a lost connection
    target.part.json    which version of the file they belong to (ETag or date), so that two never mix
    target              appears only when complete and equal to its checksum

Nothing but the standard library, so that it works before anything else does.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio_cnn.errors import DownloadError

CHUNK_BYTES = 1 << 16
LARGEST_BYTES = 8 * 2**30
"""More than anything fetched here; stops a server that never ends."""

USER_AGENT = "audio-cnn"

_SIZE = re.compile(r"[0-9]{1,18}")

Progress = Callable[[int, int | None], None]
"""Called with bytes so far and, where the server tells, bytes in all."""


@dataclass(frozen=True)
class _Request:
    """What is wanted and how patiently."""

    url: str
    part: Path
    sha256: str | None
    size_bytes: int | None
    progress: Progress | None
    timeout_s: float

    @property
    def version(self) -> Path:
        """Where the version of the part is noted."""
        return self.part.with_name(self.part.name + ".json")

    @property
    def limit_bytes(self) -> int:
        return self.size_bytes if self.size_bytes is not None else LARGEST_BYTES


class _RefusedError(DownloadError):
    """The server answered, and trying again would not change its answer."""


def download(
    url: str,
    target: str | Path,
    *,
    sha256: str | None,
    size_bytes: int | None = None,
    progress: Progress | None = None,
    timeout_s: float = 30.0,
    attempts: int = 4,
    backoff_s: float = 1.0,
) -> Path:
    """Fetch a file, going on where an earlier attempt stopped.

    Args:
        url: http or https.
        target: where the file goes; its folder is made. An existing file with the right checksum is kept.
        sha256: hexadecimal digest the content must have; None only where its publisher gives none.
        size_bytes: exact size, if known; more is never read.
        progress: told how far it is, every 64 KiB.
        timeout_s: longest wait for a connection or for the next bytes.
        attempts: how often to try; lost connections and busy servers are worth another one.
        backoff_s: pause before the second attempt, doubled before each further one.

    Returns:
        The target.

    Raises:
        DownloadError: not reachable, refused, or not what the checksum says. Bytes that are still of use stay
            in ``target.part``; calling again resumes there.
    """
    target = Path(target)
    if not url.lower().startswith(("http://", "https://")):
        raise DownloadError(f"only http and https addresses are fetched, not '{url}'")
    if sha256 is not None and target.is_file() and file_sha256(target) == sha256.lower():
        return target
    wanted = _Request(url, target.with_name(target.name + ".part"), sha256, size_bytes, progress, timeout_s)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _persist(wanted, max(attempts, 1), backoff_s)
        _verify(wanted)
        wanted.part.replace(target)
        wanted.version.unlink(missing_ok=True)
    except OSError as error:
        raise DownloadError(f"cannot write {target}: {error.strerror or error}") from error
    return target


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _persist(wanted: _Request, attempts: int, backoff_s: float) -> None:
    """Attempt until everything is there; pauses double."""
    for attempt in range(1, attempts + 1):
        try:
            _attempt(wanted)
        except _RefusedError:
            raise
        except DownloadError as error:
            if attempt == attempts:
                hint = "; run it again to go on where it stopped" if _usable_bytes(wanted) else ""
                raise DownloadError(f"{error}{hint}") from error
            time.sleep(backoff_s * 2 ** (attempt - 1))
        else:
            return


def _attempt(wanted: _Request) -> None:
    """One connection: from the end of the part to the end of the file."""
    have_bytes = _usable_bytes(wanted)
    try:
        response = _open(wanted, have_bytes)
    except urllib.error.HTTPError as error:
        with error:
            if not _already_complete(error, have_bytes):
                raise _failure(wanted, error, have_bytes) from error
    else:
        with response:
            _receive(wanted, response, have_bytes)


def _open(wanted: _Request, have_bytes: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    if have_bytes:
        headers |= {"Range": f"bytes={have_bytes}-", "If-Range": _noted_version(wanted)}
    try:
        request = urllib.request.Request(wanted.url, headers=headers)  # noqa: S310 - _OPENER knows only http(s)
        response: http.client.HTTPResponse = _OPENER.open(request, timeout=wanted.timeout_s)
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: it is no address
        reason = getattr(error, "reason", None) or error or type(error).__name__
        raise DownloadError(f"{wanted.url} could not be reached ({reason})") from error
    return response


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not from https to anything less, nor to what is no address."""

    def http_error_302(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise urllib.error.URLError(f"redirected to the insecure address {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _web_opener() -> urllib.request.OpenerDirector:
    """Urllib without ``file:`` and ``ftp:``, which a redirect could otherwise lead to."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        _SecureRedirects,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


_OPENER = _web_opener()


def _receive(wanted: _Request, response: http.client.HTTPResponse, have_bytes: int) -> None:
    """Append what comes to the part, or start it afresh where the server sends everything."""
    if response.status == 206:
        _require_start(wanted, response, have_bytes)
    else:
        have_bytes = 0
        _note_version(wanted, response)
    total_bytes = _total_bytes(wanted, response, have_bytes)
    with wanted.part.open("ab" if have_bytes else "wb") as part:
        while chunk := _read(wanted, response):
            part.write(chunk)
            have_bytes += len(chunk)
            if have_bytes > wanted.limit_bytes:
                raise _RefusedError(f"{wanted.url} is larger than the {wanted.limit_bytes} bytes expected")
            if wanted.progress:
                wanted.progress(have_bytes, total_bytes)
    if total_bytes is not None and have_bytes < total_bytes:
        raise DownloadError(
            f"the connection to {wanted.url} was lost after {have_bytes} of {total_bytes} bytes"
        )


def _read(wanted: _Request, response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(CHUNK_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"{wanted.url} stopped sending ({error or type(error).__name__})") from error


def _require_start(wanted: _Request, response: http.client.HTTPResponse, have_bytes: int) -> None:
    content_range = response.headers.get("Content-Range", "")
    if not content_range.startswith(f"bytes {have_bytes}-"):
        _discard(wanted)
        raise DownloadError(f"{wanted.url} sent another part than was asked for ('{content_range}')")


def _total_bytes(wanted: _Request, response: http.client.HTTPResponse, have_bytes: int) -> int | None:
    """Size of the whole file, where the server tells it; must fit what is expected."""
    length = response.headers.get("Content-Length", "")
    if not _SIZE.fullmatch(length):
        return None
    total_bytes = have_bytes + int(length)
    if total_bytes > wanted.limit_bytes or wanted.size_bytes not in (None, total_bytes):
        raise _RefusedError(f"{wanted.url} has {total_bytes} bytes where {wanted.limit_bytes} are expected")
    return total_bytes


def _already_complete(error: urllib.error.HTTPError, have_bytes: int) -> bool:
    """Whether an earlier attempt got everything and was stopped before it was checked."""
    return (
        have_bytes > 0 and error.code == 416 and error.headers.get("Content-Range") == f"bytes */{have_bytes}"
    )


def _failure(wanted: _Request, error: urllib.error.HTTPError, have_bytes: int) -> DownloadError:
    """What an HTTP status means: worth another attempt, or not."""
    message = f"{wanted.url} answered {error.code} {error.reason}"
    if error.code == 416 and have_bytes:
        _discard(wanted)  # shorter now than what was fetched: begin again
        return DownloadError(message)
    again = error.code in (408, 425, 429) or error.code >= 500
    return DownloadError(message) if again else _RefusedError(message)


def _usable_bytes(wanted: _Request) -> int:
    """Length of the part, if it is known which version of the file it is from."""
    try:
        return wanted.part.stat().st_size if _noted_version(wanted) else 0
    except FileNotFoundError:
        return 0


def _note_version(wanted: _Request, response: Any) -> None:
    etag = response.headers.get("ETag", "")
    version = (
        etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
    )  # weak tags cannot resume
    wanted.version.write_text(json.dumps({"url": wanted.url, "version": version}), encoding="utf-8")


def _noted_version(wanted: _Request) -> str:
    try:
        note = json.loads(wanted.version.read_text(encoding="utf-8"))
        return str(note["version"]) if note["url"] == wanted.url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _verify(wanted: _Request) -> None:
    size_bytes = wanted.part.stat().st_size
    if wanted.size_bytes is not None and size_bytes != wanted.size_bytes:
        _discard(wanted)
        raise DownloadError(f"{wanted.url} gave {size_bytes} bytes instead of {wanted.size_bytes}")
    if wanted.sha256 is not None and (found := file_sha256(wanted.part)) != wanted.sha256.lower():
        _discard(wanted)
        raise DownloadError(
            f"what {wanted.url} sent is not the expected file (SHA-256 {found[:12]}... instead of "
            f"{wanted.sha256[:12]}...); it was thrown away"
        )


def _discard(wanted: _Request) -> None:
    wanted.part.unlink(missing_ok=True)
    wanted.version.unlink(missing_ok=True)
