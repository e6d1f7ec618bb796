"""What a store holds comes out whole, as JSON lines and as Parquet."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spindrift.crawl.export import ExportError, export_jsonl, export_parquet
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


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="could not be written"):
        export_jsonl(store, "documents", tmp_path / "missing" / "pages.jsonl")
    assert list(tmp_path.glob(".*unfinished")) == []


def test_an_empty_store_gives_an_empty_table(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        assert export_parquet(store, "documents", tmp_path / "none.parquet") == 0
    assert read_parquet(tmp_path / "none.parquet", "count(*)") == [(0,)]
