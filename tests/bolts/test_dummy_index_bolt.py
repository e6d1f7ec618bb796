"""The indexer that indexes nothing."""

from spindrift.bolts.dummy_index import DummyIndexer
from tests.component_probe import probe


def test_says_that_every_page_is_fetched() -> None:
    bolt = probe(DummyIndexer, {})
    tup = bolt.process(url="http://a.example/", content=b"", metadata={"a": ["b"]}, text="")
    [emitted] = bolt.emitted
    assert (emitted.stream, emitted.values) == ("status", ["http://a.example/", {"a": ["b"]}, "FETCHED"])
    assert emitted.anchors == [tup]
    assert bolt.acked == ["http://a.example/"]
