"""The WARC bolt: tuples are acked when their records are on the disk."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from spindrift.bolts.warc import WARCBolt
from spindrift.testing import BoltRun, run_bolt
from spindrift.warc.files import WarcFile
from spindrift.warc.reading import ArchiveReader

URL = "http://a.example/"


def bolt(folder: Path, **conf: object) -> AbstractContextManager[BoltRun]:
    return run_bolt(WARCBolt, {"warc.path": str(folder), **conf})


def records(folder: Path) -> list[tuple[str, str]]:
    [file] = folder.glob("*.warc.gz")
    return [(record.kind, record.uri) for record in ArchiveReader(file)]


def test_pages_are_archived_and_acked(tmp_path: Path) -> None:
    with bolt(tmp_path, **{"warc.metadata.keys": "depth"}) as started:
        tup = started.send(url=URL, content=b"<p>", metadata={"depth": ["1"], "fetch.statusCode": ["200"]})
    assert started.acked == [tup]
    assert started.emissions == []
    assert records(tmp_path) == [("warcinfo", ""), ("resource", URL), ("metadata", URL)]


def test_a_visit_goes_on_when_it_is_archived(tmp_path: Path) -> None:
    page, error = {"fetch.statusCode": ["200"]}, {"fetch.statusCode": ["404"]}
    with bolt(tmp_path) as started:
        sent = [
            started.send(stream="archive", url=URL, content=b"<p>", metadata=page, status=""),
            started.send(stream="archive", url=URL + "a", content=b"no", metadata=error, status="FETCH_ERROR"),
            started.send(stream="aside", url=URL + "robots.txt", content=b"", metadata=error),
        ]
    assert started.emitted() == [(URL, b"<p>", page)]
    assert started.emitted("status") == [(URL + "a", error, "FETCH_ERROR")]
    assert [anchor for each in started.emissions for anchor in each.anchors] == sent[:2]
    assert started.acked == sent
    assert [uri for kind, uri in records(tmp_path) if kind == "resource"] == [URL, URL + "a", URL + "robots.txt"]


def test_what_could_not_be_synced_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: WarcFile) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched, bolt(tmp_path, **{"metrics.report": True}) as started:
        patched.setattr(WarcFile, "sync", fails)
        metadata = {"fetch.statusCode": ["200"]}
        tup = started.send(stream="archive", url=URL, content=b"<p>", metadata=metadata, status="")
    assert (started.acked, started.failed, started.emissions) == ([], [tup], [])
    [(name, value)] = started.metrics
    assert (name, "Input/output error" in value["trouble"]) == ("archive", True)


def test_an_archive_of_a_killed_process_is_completed_at_the_start(tmp_path: Path) -> None:
    with bolt(tmp_path) as started:
        started.send(url=URL, content=b"<p>", metadata={"fetch.statusCode": ["200"]})
    [file] = tmp_path.iterdir()
    file.rename(file.with_name(file.name + ".open"))
    with file.with_name(file.name + ".open").open("ab") as cut:
        cut.write(b"\x1f\x8b\x08\x00half a record")
    with bolt(tmp_path):
        pass
    assert records(tmp_path) == [("warcinfo", ""), ("resource", URL)]
