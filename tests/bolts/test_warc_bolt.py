"""The WARC bolt: tuples are acked when their records are on the disk."""

from pathlib import Path

import pytest

from spindrift.bolts.warc import WARCBolt
from spindrift.clock import VirtualClock
from spindrift.warc.files import WarcFile
from spindrift.warc.reading import ArchiveReader
from tests.component_probe import Probe, probe

URL = "http://a.example/"


def bolt(folder: Path, **conf: object) -> Probe:
    return probe(WARCBolt, {"warc.path": str(folder), **conf}, clock=VirtualClock())


def records(folder: Path) -> list[tuple[str, str]]:
    [file] = folder.glob("*.warc.gz")
    return [(record.kind, record.uri) for record in ArchiveReader(file)]


def test_pages_are_archived_and_acked(tmp_path: Path) -> None:
    started = bolt(tmp_path, **{"warc.metadata.keys": "depth"})
    started.process(url=URL, content=b"<p>", metadata={"depth": ["1"], "fetch.statusCode": ["200"]})
    started.component.cleanup()
    assert started.acked == [URL]
    assert started.emitted == []
    assert records(tmp_path) == [("warcinfo", ""), ("resource", URL), ("metadata", URL)]


def test_a_visit_goes_on_when_it_is_archived(tmp_path: Path) -> None:
    started = bolt(tmp_path)
    page, error = {"fetch.statusCode": ["200"]}, {"fetch.statusCode": ["404"]}
    started.process("archive", url=URL, content=b"<p>", metadata=page, status="")
    started.process("archive", url=URL + "a", content=b"no", metadata=error, status="FETCH_ERROR")
    started.process("aside", url=URL + "robots.txt", content=b"", metadata=error)
    started.component.cleanup()
    assert started.on("default") == [[URL, b"<p>", page]]
    assert started.on("status") == [[URL + "a", error, "FETCH_ERROR"]]
    assert [tup.id for one in started.emitted for tup in one.anchors] == [URL, URL + "a"]
    assert started.acked == [URL, URL + "a", URL + "robots.txt"]
    assert [uri for kind, uri in records(tmp_path) if kind == "resource"] == started.acked


def test_what_could_not_be_synced_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = bolt(tmp_path, **{"metrics.report": True})

    def fails(file: WarcFile) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(WarcFile, "sync", fails)
        started.process("archive", url=URL, content=b"<p>", metadata={"fetch.statusCode": ["200"]}, status="")
        started.component.cleanup()
    assert (started.acked, started.failed, started.emitted) == ([], [URL], [])
    [(name, value)] = started.metrics
    assert (name, "Input/output error" in value["trouble"]) == ("archive", True)


def test_an_archive_of_a_killed_process_is_completed_at_the_start(tmp_path: Path) -> None:
    started = bolt(tmp_path)
    started.process(url=URL, content=b"<p>", metadata={"fetch.statusCode": ["200"]})
    started.component.cleanup()
    [file] = tmp_path.iterdir()
    file.rename(file.with_name(file.name + ".open"))
    with file.with_name(file.name + ".open").open("ab") as cut:
        cut.write(b"\x1f\x8b\x08\x00half a record")
    bolt(tmp_path).component.cleanup()
    assert records(tmp_path) == [("warcinfo", ""), ("resource", URL)]
