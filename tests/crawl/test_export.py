"""What a store holds comes out whole, as JSON lines, CSV and Parquet."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spindrift.crawl.export import ExportError, export_csv, export_jsonl, export_parquet
from spindrift.frontier.records import StatusUpdate
from spindrift.index.documents import Document
from spindrift.status import Status
from spindrift.store import Store, open_store

FETCHED = 1_700_000_000.5


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        store.frontier.put(
            [
                StatusUpdate("http://a/1", "a", Status.FETCHED, {"tag": ["x", "y"]}, FETCHED),
                StatusUpdate("http://a/2", "a", Status.ERROR, {}, None),
            ]
        )
        store.documents.put(
            [
                Document("http://a/1", "a", "One", "Ein Text\u2028mit Zeile", {"k": ["v"]}, 200, FETCHED, "de"),
                Document("http://a/2", "a", "", "", {}, None, 0.0),
            ]
        )
        yield store


def read_parquet(file: Path, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM read_parquet($file)", {"file": str(file)}).fetchall()


def test_json_lines_hold_every_field(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "pages.jsonl"
    assert export_jsonl(store, "documents", out) == 2
    first = json.loads(out.read_text().splitlines()[0])
    assert first == {
        "url": "http://a/1",
        "host": "a",
        "title": "One",
        "text": "Ein Text\u2028mit Zeile",
        "fields": {"k": ["v"]},
        "status": 200,
        "fetched": FETCHED,
        "language": "de",
        "source": "",
    }


def test_without_a_file_lines_go_to_standard_output(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    export_jsonl(store, "statuses", None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["url"], line["status"], line["next_fetch"]) for line in lines] == [
        ("http://a/1", "FETCHED", FETCHED),
        ("http://a/2", "ERROR", None),
    ]


def test_csv_has_a_column_a_field(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "pages.csv"
    assert export_csv(store, "documents", out) == 2
    with out.open(encoding="utf-8", newline="") as lines:
        first, second = csv.DictReader(lines)
    assert (first["url"], first["text"], first["status"]) == ("http://a/1", "Ein Text\u2028mit Zeile", "200")
    assert (json.loads(first["fields"]), float(first["fetched"])) == ({"k": ["v"]}, FETCHED)
    assert (second["status"], second["title"]) == ("", "")


def test_csv_of_an_empty_store_has_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(f"sqlite:///{tmp_path}/empty.db") as empty:
        export_csv(empty, "statuses", None)
    assert capsys.readouterr().out == "url,key,status,metadata,next_fetch,updated\n"


def test_csv_holds_what_no_encoding_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with open_store(f"sqlite:///{tmp_path}/odd.db") as odd:
        odd.documents.put(
            [Document("http://a/1", "a", "\xe9", 'a "quoted",\nline', {"k": ["\xe9"]}, 200, FETCHED, "de")]
        )
        export_csv(odd, "documents", None)
    _, line = csv.reader(raw.getvalue().decode().splitlines(keepends=True))
    assert line[2:5] == ["?", 'a "quoted",\nline', '{"k": ["\\u00e9"]}']


def test_parquet_has_typed_columns(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "it's.parquet"
    assert export_parquet(store, "documents", out) == 2
    assert read_parquet(out, "url, fields, status, epoch(fetched)") == [
        ("http://a/1", {"k": ["v"]}, 200, FETCHED),
        ("http://a/2", {}, None, 0.0),
    ]


def test_parquet_of_statuses_has_timestamps(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "statuses.parquet"
    export_parquet(store, "statuses", out)
    assert read_parquet(out, "typeof(next_fetch), epoch(next_fetch), metadata") == [
        ("TIMESTAMP WITH TIME ZONE", FETCHED, {"tag": ["x", "y"]}),
        ("TIMESTAMP WITH TIME ZONE", None, {}),
    ]


@pytest.mark.parametrize("export", [export_jsonl, export_csv, export_parquet])
@pytest.mark.parametrize("place", ["missing/pages", "crawl.db/pages", "."])
def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(
    store: Store, tmp_path: Path, export: Any, place: str
) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ExportError, match="could not be written"):
        export(store, "documents", tmp_path / place)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("export", [export_jsonl, export_csv, export_parquet])
def test_an_export_that_breaks_off_leaves_the_file_that_was_there(
    store: Store, tmp_path: Path, export: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "pages"
    out.write_text("the last export")

    def broken(rows: Any) -> Any:
        yield next(rows)
        raise KeyboardInterrupt

    iterate = store.documents.iterate
    monkeypatch.setattr(store.documents, "iterate", lambda: broken(iterate()))
    with pytest.raises(KeyboardInterrupt):
        export(store, "documents", out)
    assert out.read_text() == "the last export"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_pipe_is_not_replaced_by_a_file(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "pipe"
    os.mkfifo(out)
    with pytest.raises(ExportError, match="no regular file"):
        export_jsonl(store, "documents", out)
    assert out.is_fifo()


def test_a_link_stays_one(store: Store, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("pages.jsonl")
    export_jsonl(store, "documents", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "pages.jsonl").is_file()


def test_an_empty_store_gives_an_empty_table(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        assert export_parquet(store, "documents", tmp_path / "none.parquet") == 0
    assert read_parquet(tmp_path / "none.parquet", "count(*)") == [(0,)]
