"""Files that are being written: complete or called .open, whole after any death, rolled by size and age."""

import gzip
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.warc.capture import Capture
from spindrift.warc.files import WarcFile, new_file, recover, whole_members
from spindrift.warc.reading import ArchiveReader
from spindrift.warc.records import RecordFormat
from spindrift.warc.writer import ArchiveWriter

NOW = 1_700_000_000.0


def page(number: int, size: int = 10) -> Capture:
    return Capture(f"http://a.example/{number}", os.urandom(size), {"fetch.statusCode": ["200"]})


def pages_in(path: Path) -> list[str]:
    reader = ArchiveReader(path)
    found = [record.uri for record in reader if record.kind == "resource"]
    assert reader.problems == []
    return found


class Written:
    """Waits until visits are on the disk."""

    def __init__(self, writer: ArchiveWriter) -> None:
        self.writer = writer
        self.errors: list[BaseException | None] = []

    def write(self, capture: Capture) -> BaseException | None:
        done = threading.Event()

        def finish(error: BaseException | None) -> None:
            self.errors.append(error)
            done.set()

        self.writer.write(capture, finish)
        assert done.wait(20)
        return self.errors[-1]


def writer(folder: Path, clock: VirtualClock, **more: Any) -> ArchiveWriter:
    return ArchiveWriter(folder, RecordFormat("protocol.", [], clock), clock=clock, **more)


def test_a_file_has_its_name_once_it_is_complete(tmp_path: Path) -> None:
    archive = writer(tmp_path / "new", VirtualClock(NOW))
    assert Written(archive).write(page(1)) is None
    [unfinished] = (tmp_path / "new").iterdir()
    assert unfinished.name == "crawl-20231114221320000-00-00000.warc.gz.open"
    assert pages_in(unfinished) == ["http://a.example/1"], "what is acked is there"
    archive.close()
    [complete] = (tmp_path / "new").iterdir()
    assert complete.name == "crawl-20231114221320000-00-00000.warc.gz"
    assert pages_in(complete) == ["http://a.example/1"]


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    writer(tmp_path, VirtualClock(NOW)).close()
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_begun_after_so_many_bytes(tmp_path: Path) -> None:
    archive = writer(tmp_path, VirtualClock(NOW), max_size=2000)
    written = Written(archive)
    for number in range(5):
        written.write(page(number, 1500))
    archive.close()
    files = sorted(tmp_path.iterdir())
    assert [len(pages_in(file)) for file in files] == [1, 1, 1, 1, 1]
    assert [file.name[-13:] for file in files] == [f"{serial:05}.warc.gz" for serial in range(5)]


def test_a_new_file_is_begun_after_a_while(tmp_path: Path) -> None:
    clock = VirtualClock(NOW)
    archive = writer(tmp_path, clock, max_age=60)
    written = Written(archive)
    for number in range(3):
        written.write(page(number))
        clock.advance(31)
    archive.close()
    assert [len(pages_in(file)) for file in sorted(tmp_path.iterdir())] == [2, 1]


def test_a_visit_that_cannot_be_written_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    archive = writer(tmp_path, VirtualClock(NOW), on_trouble=told.append)
    written = Written(archive)
    assert written.write(page(1)) is None
    full = True
    append = WarcFile.append

    def fails(file: WarcFile, data: bytes) -> None:
        if full:
            raise OSError(28, "No space left on device")
        append(file, data)

    monkeypatch.setattr(WarcFile, "append", fails)
    for _ in range(3):
        assert "No space left on device; make room" in str(written.write(page(2)))
    assert [text for text in told if "No space left" in text] == told
    assert len(told) == 1, "a disk that is full is full for every page"
    full = False
    assert written.write(page(3)) is None
    archive.close()
    [file] = tmp_path.iterdir()
    assert pages_in(file) == ["http://a.example/1", "http://a.example/3"]


def test_a_file_that_could_not_be_synced_is_left_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an fsync that failed the next one may succeed although the disk has nothing."""
    archive = writer(tmp_path, VirtualClock(NOW))
    written = Written(archive)

    def fails(file: WarcFile) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(WarcFile, "sync", fails)
        assert "look whether the disk is sound" in str(written.write(page(1)))
    assert written.write(page(2)) is None
    archive.close()
    left, complete = sorted(tmp_path.iterdir(), key=lambda file: len(file.name), reverse=True)
    assert left.name.endswith(".open")
    assert pages_in(complete) == ["http://a.example/2"]
    recover(tmp_path)
    assert not left.exists()


@pytest.mark.parametrize("is_back", [True, False])
def test_a_folder_that_is_gone_is_noticed(tmp_path: Path, is_back: bool) -> None:
    folder = tmp_path / "archive"
    archive = writer(folder, VirtualClock(NOW))
    written = Written(archive)
    assert written.write(page(1)) is None
    shutil.rmtree(folder)
    if is_back:
        folder.mkdir()
    assert "No such file or directory; the folder must stay" in str(written.write(page(2)))
    assert (written.write(page(3)) is None) == is_back
    archive.close()
    if is_back:
        [file] = folder.iterdir()
        assert pages_in(file) == ["http://a.example/3"]


def test_the_writer_outlives_what_follows_a_visit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = writer(tmp_path, VirtualClock(NOW))

    def fails(error: BaseException | None) -> None:
        raise BrokenPipeError

    archive.write(page(1), fails)
    assert Written(archive).write(page(2)) is None
    assert "what was to follow failed" in caplog.text
    archive.close()


def test_half_a_record_is_taken_back(tmp_path: Path) -> None:
    file = new_file(tmp_path, "x", 0, NOW)
    file.append(gzip.compress(b"first"))

    class Torn:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        def write(self, view: memoryview) -> int:
            self.inner.write(view[:3])  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    inner, file._file = file._file, Torn(file._file)  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space"):
        file.append(gzip.compress(b"second"))
    file._file = inner
    file.append(gzip.compress(b"third"))
    file.complete()
    assert gzip.decompress(file.path.read_bytes()) == b"firstthird"


def test_files_of_a_dead_process_are_completed_wherever_it_was_cut_off(tmp_path: Path) -> None:
    members = [gzip.compress(os.urandom(40)) for _ in range(3)]
    whole = b"".join(members)
    two = len(members[0] + members[1])
    for cut in range(two, len(whole)):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "a.warc.gz.open").write_bytes(whole[:cut])
        told: list[str] = []
        [complete] = recover(folder, told.append)
        assert complete == folder / "a.warc.gz"
        assert complete.read_bytes() == whole[:two]
        assert f"; {cut - two:,} bytes of a record" in told[0]


def test_a_file_of_a_dead_process_without_any_visit_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz.open").write_bytes(gzip.compress(b"warcinfo") + b"\x1f\x8b")
    assert recover(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_process_that_lives_are_left_alone(tmp_path: Path) -> None:
    file = new_file(tmp_path, "x", 0, NOW)
    file.append(gzip.compress(b"1"))
    file.append(gzip.compress(b"2"))
    assert recover(tmp_path) == []
    file.complete()


def test_whole_members_are_found_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spindrift.warc.files._PIECE", 7)
    data = gzip.compress(b"a" * 1000) + gzip.compress(b"b")
    path = tmp_path / "x"
    path.write_bytes(data + b"\x1f\x8b\x08garbage")
    with path.open("rb") as file:
        assert whole_members(file) == (len(data), 2)


@pytest.mark.parametrize(
    ("conf", "said"),
    [({}, "warc.path is not set"), ({"warc.path": "/dev/null/x"}, "cannot be written to /dev/null/x")],
)
def test_an_archive_that_cannot_be_is_refused_at_the_start(conf: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        ArchiveWriter.from_settings(Settings(conf))
