"""Fetching over HTTP, and ESC-50 end to end, against a server on this host that misbehaves on demand."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import time
import urllib.error
import urllib.request
import wave
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audio_cnn.dataset.archive import extract
from audio_cnn.dataset.download import Contents, check_esc50, download_esc50, is_complete
from audio_cnn.download import download
from audio_cnn.download import http as download_http
from audio_cnn.errors import DownloadError

CONTENT = bytes(range(256)) * 1_500
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TINY = Contents(clips=4, classes=2, folds=2, sample_rate_hz=8_000, clip_s=0.01)


@dataclass
class Behaviour:
    """What the server does, and what it was asked."""

    content: bytes = CONTENT
    etag: str = '"first"'
    ranges: bool = True
    length: bool = True
    cut_after: list[int] = field(default_factory=list)  # bytes sent by the next answers before hanging up
    statuses: list[int] = field(default_factory=list)  # refusals of the next answers
    location: str = ""
    stall_s: float = 0.0
    wrong_range: bool = False
    asked: list[str] = field(default_factory=list)  # the Range header of every request


class _Handler(BaseHTTPRequestHandler):
    server: Server

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
            self.send_header("Content-Length", str(len(does.content) - start))
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


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.does = Behaviour()
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/file.bin"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.released.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


def fetch(
    server: Server, target: Path, *, sha256: str | None = SHA256, attempts: int = 1, **more: object
) -> Path:
    return download(server.url, target, sha256=sha256, attempts=attempts, backoff_s=0.01, **more)  # type: ignore[arg-type]


def leftovers(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_fresh_download_leaves_nothing_but_the_file(server: Server, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    assert fetch(server, target, progress=lambda *at: seen.append(at)) == target
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == ["file.bin"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)


def test_intact_file_is_not_fetched_again(server: Server, target: Path) -> None:
    fetch(server, target)
    fetch(server, target)
    assert len(server.does.asked) == 1


def test_resumes_after_a_cut_connection(server: Server, target: Path) -> None:
    server.does.cut_after = [100_000]
    with pytest.raises(DownloadError, match="lost after 100000 of 384000 bytes"):
        fetch(server, target)
    assert leftovers(target) == ["file.bin.part", "file.bin.part.json"]
    fetch(server, target)
    assert target.read_bytes() == CONTENT
    assert server.does.asked == ["", "bytes=100000-"]


def test_further_attempts_resume_by_themselves(server: Server, target: Path) -> None:
    server.does.cut_after = [100_000, 50_000]
    fetch(server, target, attempts=3)
    assert target.read_bytes() == CONTENT
    assert server.does.asked == ["", "bytes=100000-", "bytes=150000-"]


def test_interrupt_leaves_a_part_to_resume_from(server: Server, target: Path) -> None:
    def interrupt(done_bytes: int, total_bytes: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, target, progress=interrupt, attempts=4)
    assert leftovers(target) == ["file.bin.part", "file.bin.part.json"]
    fetch(server, target)
    assert target.read_bytes() == CONTENT
    assert server.does.asked[1].startswith("bytes=")


def test_server_without_ranges_sends_everything_again(server: Server, target: Path) -> None:
    server.does = Behaviour(ranges=False, cut_after=[100_000])
    fetch(server, target, attempts=2)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_part_of_unknown_version_is_not_continued(server: Server, target: Path, etag: str) -> None:
    server.does = Behaviour(etag=etag, cut_after=[100_000])
    fetch(server, target, attempts=2)
    assert target.read_bytes() == CONTENT
    assert server.does.asked == ["", ""]


def test_changed_etag_begins_again(server: Server, target: Path) -> None:
    server.does = Behaviour(content=bytes(384_000), etag='"old"', cut_after=[100_000])
    with pytest.raises(DownloadError):
        fetch(server, target)
    server.does = Behaviour(etag='"new"')
    fetch(server, target)
    assert target.read_bytes() == CONTENT
    assert server.does.asked == ["bytes=100000-"]


def test_part_of_another_address_is_not_continued(server: Server, target: Path) -> None:
    server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(server, target)
    download(server.url + "?other", target, sha256=SHA256)
    assert server.does.asked == ["", ""]


def test_server_that_sends_the_wrong_range(server: Server, target: Path) -> None:
    server.does = Behaviour(cut_after=[100_000], wrong_range=True)
    fetch(server, target, attempts=3)
    assert target.read_bytes() == CONTENT
    assert server.does.asked == ["", "bytes=100000-", ""]


def test_part_that_is_complete_is_only_checked(server: Server, target: Path) -> None:
    server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(server, target)
    target.with_name("file.bin.part").write_bytes(CONTENT)
    fetch(server, target)
    assert target.read_bytes() == CONTENT


def test_part_longer_than_the_file_begins_again(server: Server, target: Path) -> None:
    server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(server, target)
    target.with_name("file.bin.part").write_bytes(CONTENT + b"more")
    fetch(server, target, attempts=2)
    assert target.read_bytes() == CONTENT


def test_wrong_checksum_is_thrown_away(server: Server, target: Path) -> None:
    with pytest.raises(DownloadError, match="not the expected file"):
        fetch(server, target, sha256="0" * 64)
    assert leftovers(target) == []


def test_wrong_checksum_keeps_the_file_that_was_there(server: Server, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"precious")
    with pytest.raises(DownloadError):
        fetch(server, target, sha256="0" * 64)
    assert target.read_bytes() == b"precious"


@pytest.mark.parametrize("size_bytes", [10, 500_000])
def test_wrong_size_is_refused_before_it_is_read(server: Server, target: Path, size_bytes: int) -> None:
    with pytest.raises(DownloadError, match="384000 bytes where"):
        fetch(server, target, size_bytes=size_bytes, attempts=3)
    assert len(server.does.asked) == 1


def test_endless_answer_stops_at_the_limit(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_http, "LARGEST_BYTES", 1_000)
    server.does.length = False
    with pytest.raises(DownloadError, match="larger than the 1000 bytes"):
        fetch(server, target, sha256=None)


def test_not_found_is_not_tried_again(server: Server, target: Path) -> None:
    server.does.statuses = [404, 404]
    with pytest.raises(DownloadError, match="answered 404"):
        fetch(server, target, attempts=4)
    assert len(server.does.asked) == 1


def test_busy_server_is_tried_again(server: Server, target: Path) -> None:
    server.does.statuses = [503, 429]
    fetch(server, target, attempts=3)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("length", [True, False])
def test_stalled_server_times_out(server: Server, target: Path, length: bool) -> None:
    server.does = Behaviour(stall_s=30, length=length)
    begun_s = time.monotonic()
    with pytest.raises(DownloadError, match="stopped sending"):
        fetch(server, target, timeout_s=0.2)
    assert time.monotonic() - begun_s < 3


def test_nobody_there(target: Path) -> None:
    with Server() as closed:
        url = closed.url
    with pytest.raises(DownloadError, match="could not be reached"):
        download(url, target, sha256=None, attempts=1)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://localhost/x", "hostname", "data:,x"])
def test_other_schemes_are_refused(url: str, target: Path) -> None:
    with pytest.raises(DownloadError, match="only http and https"):
        download(url, target, sha256=None)


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/x"])
def test_redirects_to_other_schemes_are_refused(server: Server, target: Path, location: str) -> None:
    server.does = Behaviour(statuses=[302], location=location)
    with pytest.raises(DownloadError):
        fetch(server, target, sha256=None)
    assert not target.exists()


def test_redirect_from_https_to_http_is_refused() -> None:
    request = urllib.request.Request("https://localhost/a")
    redirects = download_http._SecureRedirects()
    with pytest.raises(urllib.error.URLError, match="insecure"):
        redirects.redirect_request(request, io.BytesIO(), 302, "Found", {}, "http://localhost/b")


# ESC-50


def wav_bytes(contents: Contents = TINY) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(contents.sample_rate_hz)
        clip.writeframes(bytes(2 * contents.clip_samples))
    return buffer.getvalue()


def esc50_files() -> dict[str, bytes]:
    """The files of a tiny data set: two folds of two classes."""
    rows = [(f"{fold}-{fold}00-A-{target}.wav", fold, target) for fold in (1, 2) for target in (0, 1)]
    table = "filename,fold,target,category,esc10,src_file,take\n"
    table += "".join(f"{name},{fold},{target},class{target},True,1,A\n" for name, fold, target in rows)
    clips = {f"audio/{name}": wav_bytes() for name, _, _ in rows}
    return {**clips, "meta/esc50.csv": table.encode(), "LICENSE": b"terms", "README.md": b"about"}


def zipped(files: dict[str, bytes], root: str = "ESC-50-master/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if root:
            archive.writestr(root, b"")
        for name, content in files.items():
            archive.writestr(root + name, content)
    return buffer.getvalue()


def fetch_esc50(server: Server, folder: Path, contents: Contents = TINY, attempts: int = 1) -> Path:
    return download_esc50(folder, url=server.url, contents=contents, attempts=attempts, backoff_s=0.01)


def test_esc50_end_to_end(server: Server, tmp_path: Path) -> None:
    extra = {"tests/test_dataset.py": b"code", "audio/notes.txt": b"no clip", "esc50.gif": b"picture"}
    server.does.content = zipped(esc50_files() | extra)
    folder = fetch_esc50(server, tmp_path / "data" / "ESC-50")
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert found == esc50_files()
    assert leftovers(folder) == ["ESC-50"]


def test_complete_esc50_is_recognised(server: Server, tmp_path: Path) -> None:
    server.does.content = zipped(esc50_files())
    for _ in range(2):
        fetch_esc50(server, tmp_path / "ESC-50")
    assert len(server.does.asked) == 1


def test_esc50_goes_into_an_empty_folder(server: Server, tmp_path: Path) -> None:
    server.does.content = zipped(esc50_files())
    (tmp_path / "ESC-50").mkdir()
    assert is_complete(fetch_esc50(server, tmp_path / "ESC-50"), TINY)


def test_folder_with_other_things_is_left_alone(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(DownloadError, match="choose another folder"):
        fetch_esc50(server, tmp_path)
    assert not server.does.asked
    assert (tmp_path / "mine.txt").read_text() == "precious"


def test_esc50_resumes_across_calls(server: Server, tmp_path: Path) -> None:
    server.does = Behaviour(content=zipped(esc50_files()), cut_after=[300])
    with pytest.raises(DownloadError, match="run it again"):
        fetch_esc50(server, tmp_path / "ESC-50")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ESC-50.zip.part", "ESC-50.zip.part.json"]
    fetch_esc50(server, tmp_path / "ESC-50")
    assert server.does.asked == ["", "bytes=300-"]


def test_archive_of_an_interrupted_run_is_used(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ESC-50.zip").write_bytes(zipped(esc50_files()))
    fetch_esc50(server, tmp_path / "ESC-50")
    assert not server.does.asked
    assert [path.name for path in tmp_path.iterdir()] == ["ESC-50"]


def test_damaged_archive_of_an_interrupted_run_is_fetched_again(server: Server, tmp_path: Path) -> None:
    server.does.content = zipped(esc50_files())
    (tmp_path / "ESC-50.zip").write_bytes(b"PK half")
    fetch_esc50(server, tmp_path / "ESC-50")
    assert len(server.does.asked) == 1


def damaged(data: bytes) -> bytes:
    """The same archive with a flipped byte in its first clip."""
    at = data.index(b".wav") + 8
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def without(name: str) -> dict[str, bytes]:
    return {path: content for path, content in esc50_files().items() if path != name}


def table_with(old: str, new: str) -> dict[str, bytes]:
    files = esc50_files()
    return files | {"meta/esc50.csv": files["meta/esc50.csv"].replace(old.encode(), new.encode())}


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (b"this is no zip file", "not a readable zip"),
        (zipped(esc50_files())[:-40], "not a readable zip"),
        (damaged(zipped(esc50_files())), "not a readable zip"),
        (zipped({}), "cannot be read"),
        (zipped(without("audio/1-100-A-0.wav")), "missing or not a WAV"),
        (zipped(esc50_files() | {"audio/1-100-A-0.wav": b"RIFF"}), "missing or not a WAV"),
        (zipped(esc50_files() | {"audio/1-100-A-0.wav": wav_bytes()[:-20]}), "is not 0.01 s"),
        (
            zipped(
                esc50_files()
                | {"audio/1-100-A-0.wav": wav_bytes(Contents(sample_rate_hz=8_000, clip_s=0.005))}
            ),
            "is not",
        ),
        (zipped(table_with("filename", "file")), "not the table"),
        (zipped(table_with("2-200-A-1.wav", "2-200-A-0.wav")), "3 different clips"),
        (zipped(table_with("1-100-A-1.wav,1,1,class1", "1-100-A-1.wav,1,1,class0")), "contradicts itself"),
        (zipped(table_with("1-100-A-1.wav,1,1,class1", "1-100-A-1.wav,1,0,class0")), "contradicts itself"),
        (zipped(table_with("1-100-A-1.wav", "../../evil.wav")), "contradicts the name"),
    ],
)
def test_what_is_not_esc50_leaves_nothing_behind(
    server: Server, tmp_path: Path, archive: bytes, message: str
) -> None:
    server.does.content = archive
    with pytest.raises(DownloadError, match=message):
        fetch_esc50(server, tmp_path / "ESC-50")
    assert list(tmp_path.iterdir()) == []


EVIL = ["../evil.wav", "audio/../../evil.wav", "/evil.wav", "audio/..\\..\\evil.wav", "../../1-1-A-1.wav"]


@pytest.mark.parametrize("root", ["ESC-50-master/", ""])
def test_entries_that_climb_out_are_not_unpacked(server: Server, tmp_path: Path, root: str) -> None:
    server.does.content = zipped(dict.fromkeys(EVIL, b"evil"), root)
    with pytest.raises(DownloadError):
        fetch_esc50(server, tmp_path / "deep" / "ESC-50")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_extract_refuses_a_place_outside(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"../evil.txt": b"evil"}, root=""))
    with pytest.raises(DownloadError, match="outside"):
        extract(tmp_path / "a.zip", tmp_path / "in", lambda entry: entry, most_files=9, most_bytes=99)
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize(("most_files", "most_bytes"), [(1, 10**7), (9, 10**5)])
def test_bombs_are_refused(tmp_path: Path, most_files: int, most_bytes: int) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a": bytes(10**6), "b": b""}, root="x/"))
    with pytest.raises(DownloadError, match="more than it should"):
        extract(
            tmp_path / "a.zip",
            tmp_path / "in",
            lambda entry: entry,
            most_files=most_files,
            most_bytes=most_bytes,
        )
    assert not (tmp_path / "in").exists()


def test_check_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"esc50\.csv"):
        check_esc50(tmp_path)
