"""ESC-50's clips by name: from a folder, from the cache, over HTTP, and quickly nowhere when offline."""

from __future__ import annotations

import functools
import hashlib
import http.server
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from audio_cnn.errors import DownloadError
from audio_cnn.labels import ESC50
from audio_cnn.sounds import SAMPLES, sample_path, samples

ID = "1-26806-A-1"
CLIP = b"RIFF" + bytes(2_000)


@dataclass
class Site:
    """A folder that is served over HTTP."""

    folder: Path
    url: str

    def clip(self, content: bytes = CLIP) -> None:
        (self.folder / f"{ID}.wav").write_bytes(content)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def short_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the real clip, which is not ours to ship."""
    sample = replace(SAMPLES[ID], sha256=hashlib.sha256(CLIP).hexdigest())
    monkeypatch.setitem(samples.SAMPLES, ID, sample)
    monkeypatch.setattr(samples, "CLIP_BYTES", len(CLIP))
    monkeypatch.delenv(samples.ESC50_FOLDER_VARIABLE, raising=False)


@pytest.fixture
def nowhere() -> str:
    """An address at which nobody listens."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Quiet) as server:
        return f"http://127.0.0.1:{server.server_port}"


def cached(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_every_sample_is_credited_and_labelled() -> None:
    assert len(SAMPLES) == 6
    for sample in SAMPLES.values():
        assert ESC50[int(sample.id.rsplit("-", 1)[1])].name == sample.label
        source = sample.id.split("-")[1]
        assert re.fullmatch(
            rf"'.+' by \w+, https://freesound\.org/people/\w+/sounds/{source}/", sample.credit
        )
        assert sample.licence in (samples.CC0, samples.CC_BY, samples.CC_BY_NC)
        assert re.fullmatch(r"[0-9a-f]{64}", sample.sha256)
        assert (
            sample.url == f"https://raw.githubusercontent.com/karolpiczak/ESC-50/master/audio/{sample.id}.wav"
        )


def test_checksums_differ() -> None:
    assert len({sample.sha256 for sample in SAMPLES.values()}) == 6


def test_fetched_once(site: Site, tmp_path: Path, nowhere: str) -> None:
    site.clip()
    path = sample_path(ID, cache_dir=tmp_path / "cache", base_url=site.url)
    assert path.read_bytes() == CLIP
    assert sample_path(ID, cache_dir=tmp_path / "cache", base_url=nowhere) == path
    assert cached(tmp_path) == [f"{ID}.wav"]
    assert [entry.name for entry in path.parent.iterdir()] == [f"{ID}.wav"]


def test_damaged_cache_is_fetched_again(site: Site, tmp_path: Path) -> None:
    site.clip()
    path = sample_path(ID, cache_dir=tmp_path / "cache", base_url=site.url)
    path.write_bytes(CLIP[:-1] + b"x")
    assert sample_path(ID, cache_dir=tmp_path / "cache", base_url=site.url).read_bytes() == CLIP


def test_local_copy_comes_first(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    (tmp_path / "esc50" / "audio").mkdir(parents=True)
    local = tmp_path / "esc50" / "audio" / f"{ID}.wav"
    local.write_bytes(b"local")
    assert sample_path(ID, esc50_dir=tmp_path / "esc50", cache_dir=tmp_path, base_url=nowhere) == local
    monkeypatch.setenv(samples.ESC50_FOLDER_VARIABLE, str(tmp_path / "esc50"))
    assert sample_path(ID, cache_dir=tmp_path, base_url=nowhere) == local


def test_local_copy_without_the_clip_is_passed_over(site: Site, tmp_path: Path) -> None:
    site.clip()
    path = sample_path(ID, esc50_dir=tmp_path / "empty", cache_dir=tmp_path / "cache", base_url=site.url)
    assert path.read_bytes() == CLIP


@pytest.mark.parametrize("content", [CLIP[:-1] + b"x", CLIP + b"x", b""])
def test_wrong_clip_is_not_kept(site: Site, tmp_path: Path, content: bytes) -> None:
    site.clip(content)
    with pytest.raises(DownloadError):
        sample_path(ID, cache_dir=tmp_path / "cache", base_url=site.url)
    assert cached(tmp_path) == []


def test_offline_says_quickly_what_to_do(tmp_path: Path, nowhere: str) -> None:
    begun_s = time.monotonic()
    with pytest.raises(DownloadError, match=r"could not be reached.*bundled demo.*AUDIO_CNN_ESC50"):
        sample_path(ID, cache_dir=tmp_path / "cache", base_url=nowhere)
    assert time.monotonic() - begun_s < 2


def test_waiting_ends_at_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(samples, "download", lambda *args, **more: hanging.wait(10))
    with pytest.raises(DownloadError, match=r"did not arrive within 0\.1 s"):
        sample_path(ID, cache_dir=tmp_path / "cache", deadline_s=0.1)
    monkeypatch.undo()
    hanging.set()


def test_two_at_once_do_not_meet(site: Site, tmp_path: Path) -> None:
    site.clip()
    fetch = functools.partial(sample_path, ID, cache_dir=tmp_path / "cache", base_url=site.url)
    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fetch().read_bytes() == CLIP
    assert cached(tmp_path) == [f"{ID}.wav"]


def test_unknown_sample_lists_the_known() -> None:
    with pytest.raises(DownloadError, match=ID):
        sample_path("../../etc/passwd")
