"""The indexer that prints."""

import pytest

from spindrift.bolts.stdout_index import StdOutIndexer
from tests.component_probe import probe

URL = "http://a.example/"


def test_prints_the_fields_and_says_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    bolt = probe(StdOutIndexer, {"indexer.md.mapping": ["parse.title=title", "tag"]})
    metadata = {"parse.title": ["Title"], "tag": ["a", "b"]}
    bolt.process(url=URL, content=b"", metadata=metadata, text="x" * 101)
    assert capsys.readouterr().out == f"content\t101 chars\nurl\t{URL}\ntitle\tTitle\ntag\ta\ntag\tb\n"
    assert bolt.on("status") == [[URL, metadata, "FETCHED"]]
    assert bolt.acked == [URL]


def test_a_page_that_may_not_be_indexed_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    bolt = probe(StdOutIndexer, {})
    bolt.process(url=URL, content=b"", metadata={"robots.noIndex": ["true"]}, text="text")
    assert capsys.readouterr().out == ""
    assert bolt.on("status")[0][2] == "FETCHED"
