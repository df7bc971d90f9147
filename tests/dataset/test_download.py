"""ESC-50 end to end, against a server on this host that misbehaves on demand."""

from __future__ import annotations

import io
import wave
import zipfile
from pathlib import Path

import pytest
from file_server import Behaviour, FileServer

from audio_cnn.dataset.archive import extract
from audio_cnn.dataset.download import Contents, check_esc50, download_esc50, is_complete
from audio_cnn.errors import DownloadError

TINY = Contents(clips=4, classes=2, folds=2, sample_rate_hz=8_000, clip_s=0.01)


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


def fetch_esc50(file_server: FileServer, folder: Path, contents: Contents = TINY, attempts: int = 1) -> Path:
    return download_esc50(folder, url=file_server.url, contents=contents, attempts=attempts, backoff_s=0.01)


def test_esc50_end_to_end(file_server: FileServer, tmp_path: Path) -> None:
    extra = {"tests/test_dataset.py": b"code", "audio/notes.txt": b"no clip", "esc50.gif": b"picture"}
    file_server.does.content = zipped(esc50_files() | extra)
    folder = fetch_esc50(file_server, tmp_path / "data" / "ESC-50")
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert found == esc50_files()
    assert [path.name for path in folder.parent.iterdir()] == ["ESC-50"]


def test_complete_esc50_is_recognised(file_server: FileServer, tmp_path: Path) -> None:
    file_server.does.content = zipped(esc50_files())
    for _ in range(2):
        fetch_esc50(file_server, tmp_path / "ESC-50")
    assert len(file_server.does.asked) == 1


def test_esc50_goes_into_an_empty_folder(file_server: FileServer, tmp_path: Path) -> None:
    file_server.does.content = zipped(esc50_files())
    (tmp_path / "ESC-50").mkdir()
    assert is_complete(fetch_esc50(file_server, tmp_path / "ESC-50"), TINY)


def test_folder_with_other_things_is_left_alone(file_server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(DownloadError, match="choose another folder"):
        fetch_esc50(file_server, tmp_path)
    assert not file_server.does.asked
    assert (tmp_path / "mine.txt").read_text() == "precious"


def test_esc50_resumes_across_calls(file_server: FileServer, tmp_path: Path) -> None:
    file_server.does = Behaviour(content=zipped(esc50_files()), cut_after=[300])
    with pytest.raises(DownloadError, match="run it again"):
        fetch_esc50(file_server, tmp_path / "ESC-50")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ESC-50.zip.part", "ESC-50.zip.part.json"]
    fetch_esc50(file_server, tmp_path / "ESC-50")
    assert file_server.does.asked == ["", "bytes=300-"]


def test_archive_of_an_interrupted_run_is_used(file_server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "ESC-50.zip").write_bytes(zipped(esc50_files()))
    fetch_esc50(file_server, tmp_path / "ESC-50")
    assert not file_server.does.asked
    assert [path.name for path in tmp_path.iterdir()] == ["ESC-50"]


def test_damaged_archive_of_an_interrupted_run_is_fetched_again(
    file_server: FileServer, tmp_path: Path
) -> None:
    file_server.does.content = zipped(esc50_files())
    (tmp_path / "ESC-50.zip").write_bytes(b"PK half")
    fetch_esc50(file_server, tmp_path / "ESC-50")
    assert len(file_server.does.asked) == 1


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
    file_server: FileServer, tmp_path: Path, archive: bytes, message: str
) -> None:
    file_server.does.content = archive
    with pytest.raises(DownloadError, match=message):
        fetch_esc50(file_server, tmp_path / "ESC-50")
    assert list(tmp_path.iterdir()) == []


EVIL = ["../evil.wav", "audio/../../evil.wav", "/evil.wav", "audio/..\\..\\evil.wav", "../../1-1-A-1.wav"]


@pytest.mark.parametrize("root", ["ESC-50-master/", ""])
def test_entries_that_climb_out_are_not_unpacked(file_server: FileServer, tmp_path: Path, root: str) -> None:
    file_server.does.content = zipped(dict.fromkeys(EVIL, b"evil"), root)
    with pytest.raises(DownloadError):
        fetch_esc50(file_server, tmp_path / "deep" / "ESC-50")
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
