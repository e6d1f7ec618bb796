"""The indexer that indexes nothing."""

from spindrift.bolts.dummy_index import DummyIndexer
from spindrift.testing import run_bolt


def test_says_that_every_page_is_fetched() -> None:
    with run_bolt(DummyIndexer) as bolt:
        tup = bolt.send(url="http://a.example/", content=b"", metadata={"a": ["b"]}, text="")
        assert bolt.emitted("status") == [("http://a.example/", {"a": ["b"]}, "FETCHED")]
        assert bolt.emissions[0].anchors == (tup,)
        assert bolt.acked == [tup]
