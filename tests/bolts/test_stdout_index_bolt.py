"""The indexer that prints."""

import pytest

from spindrift.bolts.stdout_index import StdOutIndexer
from spindrift.testing import run_bolt

URL = "http://a.example/"


def test_prints_the_fields_and_says_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    metadata = {"parse.title": ["Title"], "tag": ["a", "b"]}
    with run_bolt(StdOutIndexer, {"indexer.md.mapping": ["parse.title=title", "tag"]}) as bolt:
        tup = bolt.send(url=URL, content=b"", metadata=metadata, text="x" * 101)
        assert capsys.readouterr().out == f"content\t101 chars\nurl\t{URL}\ntitle\tTitle\ntag\ta\ntag\tb\n"
        assert bolt.emitted("status") == [(URL, metadata, "FETCHED")]
        assert bolt.acked == [tup]


def test_a_page_that_may_not_be_indexed_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with run_bolt(StdOutIndexer) as bolt:
        bolt.send(url=URL, content=b"", metadata={"robots.noIndex": ["true"]}, text="text")
        assert capsys.readouterr().out == ""
        assert bolt.emitted("status")[0].status == "FETCHED"


def test_a_page_that_cannot_be_indexed_is_an_error() -> None:
    with run_bolt(StdOutIndexer) as bolt:
        bolt.send(url=URL, content=b"", metadata={"title": {}}, text="text")
        assert bolt.emitted("status")[0].status == "ERROR"
