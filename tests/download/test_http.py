"""Fetching over HTTP, against a server on this host that misbehaves on demand."""

from __future__ import annotations

import hashlib
import io
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from file_server import CONTENT, Behaviour, FileServer

from audio_cnn.download import download
from audio_cnn.download import http as download_http
from audio_cnn.errors import DownloadError

SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


def fetch(
    file_server: FileServer, target: Path, *, sha256: str | None = SHA256, attempts: int = 1, **more: object
) -> Path:
    return download(file_server.url, target, sha256=sha256, attempts=attempts, backoff_s=0.01, **more)  # type: ignore[arg-type]


def leftovers(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_fresh_download_leaves_nothing_but_the_file(file_server: FileServer, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    assert fetch(file_server, target, progress=lambda *at: seen.append(at)) == target
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == ["file.bin"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)


def test_intact_file_is_not_fetched_again(file_server: FileServer, target: Path) -> None:
    fetch(file_server, target)
    fetch(file_server, target)
    assert len(file_server.does.asked) == 1


def test_resumes_after_a_cut_connection(file_server: FileServer, target: Path) -> None:
    file_server.does.cut_after = [100_000]
    with pytest.raises(DownloadError, match="lost after 100000 of 384000 bytes"):
        fetch(file_server, target)
    assert leftovers(target) == ["file.bin.part", "file.bin.part.json"]
    fetch(file_server, target)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked == ["", "bytes=100000-"]


def test_further_attempts_resume_by_themselves(file_server: FileServer, target: Path) -> None:
    file_server.does.cut_after = [100_000, 50_000]
    fetch(file_server, target, attempts=3)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked == ["", "bytes=100000-", "bytes=150000-"]


def test_interrupt_leaves_a_part_to_resume_from(file_server: FileServer, target: Path) -> None:
    def interrupt(done_bytes: int, total_bytes: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(file_server, target, progress=interrupt, attempts=4)
    assert leftovers(target) == ["file.bin.part", "file.bin.part.json"]
    fetch(file_server, target)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked[1].startswith("bytes=")


def test_server_without_ranges_sends_everything_again(file_server: FileServer, target: Path) -> None:
    file_server.does = Behaviour(ranges=False, cut_after=[100_000])
    fetch(file_server, target, attempts=2)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_part_of_unknown_version_is_not_continued(file_server: FileServer, target: Path, etag: str) -> None:
    file_server.does = Behaviour(etag=etag, cut_after=[100_000])
    fetch(file_server, target, attempts=2)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked == ["", ""]


def test_changed_etag_begins_again(file_server: FileServer, target: Path) -> None:
    file_server.does = Behaviour(content=bytes(384_000), etag='"old"', cut_after=[100_000])
    with pytest.raises(DownloadError):
        fetch(file_server, target)
    file_server.does = Behaviour(etag='"new"')
    fetch(file_server, target)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked == ["bytes=100000-"]


def test_part_of_another_address_is_not_continued(file_server: FileServer, target: Path) -> None:
    file_server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(file_server, target)
    download(file_server.url + "?other", target, sha256=SHA256)
    assert file_server.does.asked == ["", ""]


def test_server_that_sends_the_wrong_range(file_server: FileServer, target: Path) -> None:
    file_server.does = Behaviour(cut_after=[100_000], wrong_range=True)
    fetch(file_server, target, attempts=3)
    assert target.read_bytes() == CONTENT
    assert file_server.does.asked == ["", "bytes=100000-", ""]


def test_part_that_is_complete_is_only_checked(file_server: FileServer, target: Path) -> None:
    file_server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(file_server, target)
    target.with_name("file.bin.part").write_bytes(CONTENT)
    fetch(file_server, target)
    assert target.read_bytes() == CONTENT


def test_part_longer_than_the_file_begins_again(file_server: FileServer, target: Path) -> None:
    file_server.does.cut_after = [100_000]
    with pytest.raises(DownloadError):
        fetch(file_server, target)
    target.with_name("file.bin.part").write_bytes(CONTENT + b"more")
    fetch(file_server, target, attempts=2)
    assert target.read_bytes() == CONTENT


def test_wrong_checksum_is_thrown_away(file_server: FileServer, target: Path) -> None:
    with pytest.raises(DownloadError, match="not the expected file"):
        fetch(file_server, target, sha256="0" * 64)
    assert leftovers(target) == []


def test_wrong_checksum_keeps_the_file_that_was_there(file_server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"precious")
    with pytest.raises(DownloadError):
        fetch(file_server, target, sha256="0" * 64)
    assert target.read_bytes() == b"precious"


@pytest.mark.parametrize("size_bytes", [10, 500_000])
def test_wrong_size_is_refused_before_it_is_read(
    file_server: FileServer, target: Path, size_bytes: int
) -> None:
    with pytest.raises(DownloadError, match="384000 bytes where"):
        fetch(file_server, target, size_bytes=size_bytes, attempts=3)
    assert len(file_server.does.asked) == 1


def test_endless_answer_stops_at_the_limit(
    file_server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_http, "LARGEST_BYTES", 1_000)
    file_server.does.length = False
    with pytest.raises(DownloadError, match="larger than the 1000 bytes"):
        fetch(file_server, target, sha256=None)


def test_not_found_is_not_tried_again(file_server: FileServer, target: Path) -> None:
    file_server.does.statuses = [404, 404]
    with pytest.raises(DownloadError, match="answered 404"):
        fetch(file_server, target, attempts=4)
    assert len(file_server.does.asked) == 1


def test_busy_server_is_tried_again(file_server: FileServer, target: Path) -> None:
    file_server.does.statuses = [503, 429]
    fetch(file_server, target, attempts=3)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("length", [True, False])
def test_stalled_server_times_out(file_server: FileServer, target: Path, length: bool) -> None:
    file_server.does = Behaviour(stall_s=30, length=length)
    begun_s = time.monotonic()
    with pytest.raises(DownloadError, match="stopped sending"):
        fetch(file_server, target, timeout_s=0.2)
    assert time.monotonic() - begun_s < 3


def test_nobody_there(target: Path) -> None:
    with FileServer() as closed:
        url = closed.url
    with pytest.raises(DownloadError, match="could not be reached"):
        download(url, target, sha256=None, attempts=1)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://localhost/x", "hostname", "data:,x"])
def test_other_schemes_are_refused(url: str, target: Path) -> None:
    with pytest.raises(DownloadError, match="only http and https"):
        download(url, target, sha256=None)


@pytest.mark.parametrize("length", ["\u00b2", "-1", "many", "9" * 5_000], ids=len)
def test_a_length_that_is_none(file_server: FileServer, target: Path, length: str) -> None:
    file_server.does = Behaviour(length=length)
    fetch(file_server, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "url", ["http://[", "http://localhost:port/", "http://a b/", "http://\u2100.example/"]
)
def test_what_is_no_address(url: str, target: Path) -> None:
    with pytest.raises(DownloadError, match="could not be reached"):
        download(url, target, sha256=None, attempts=1)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/hostname",
        "ftp://127.0.0.1/x",
        "http://[",
        "http://127.0.0.1:port/",
        "http://\u00e9\u00b2/",
    ],
)
def test_redirects_to_other_schemes_are_refused(file_server: FileServer, target: Path, location: str) -> None:
    file_server.does = Behaviour(statuses=[302], location=location)
    with pytest.raises(DownloadError):
        fetch(file_server, target, sha256=None)
    assert not target.exists()


def test_redirect_from_https_to_http_is_refused() -> None:
    request = urllib.request.Request("https://localhost/a")
    redirects = download_http._SecureRedirects()
    with pytest.raises(urllib.error.URLError, match="insecure"):
        redirects.redirect_request(request, io.BytesIO(), 302, "Found", {}, "http://localhost/b")
