"""Bulk writes: what the server cannot take now is offered again, what it refuses fails alone."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.search_engine.address import SearchAddress
from spindrift.search_engine.bulk import DONE, Bulk, DocumentError, Operation
from spindrift.search_engine.client import SearchClient, connect
from spindrift.search_engine.index import Index
from spindrift.search_engine.writer import BulkWriter
from tests.search_engine.fake_node import Asked, FakeNode

SETTINGS = {"store.search.patience": "10s", "store.search.timeout": "5s"}


class Node:
    """A server whose answers for documents are `says`: by id, one after the other, then 201 for ever."""

    def __init__(self) -> None:
        self.says: dict[str, list[tuple[int, Any]]] = {}
        self.whole: list[tuple[int, Any]] = []
        self.largest = 1_000_000
        self.poison = "-"
        """The id of a document that makes the whole request fail."""

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if self.whole:
            return self.whole.pop(0)
        if asked.size > self.largest:
            return 413, b"too large"
        if any(line.get("index", {}).get("_id") == self.poison for line in asked.lines):
            return 500, {"error": {"type": "null_pointer_exception"}}
        items = []
        for line in asked.lines:
            if (
                isinstance(line, dict)
                and len(line) == 1
                and (verb := next(iter(line))) in ("index", "create", "delete")
            ):
                said = self.says.get(line[verb]["_id"], [])
                status, error = said.pop(0) if said else (201, None)
                items.append({verb: {"status": status} | ({"error": error} if error else {})})
        return 200, {"errors": True, "items": items}


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture(params=["elasticsearch", "opensearch"])
def client(request: pytest.FixtureRequest, node: Node) -> Iterator[SearchClient]:
    with FakeNode(node.answer) as server:
        address = SearchAddress.parse(f"{request.param}://127.0.0.1:{server.port}/t")
        client = connect(address, Settings(SETTINGS))
        client.asked = server.asked  # type: ignore[attr-defined]
        yield client
        client.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts without pauses."""
    monkeypatch.setattr("spindrift.search_engine.client._LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("spindrift.search_engine.client._FIRST_PAUSE", 0.01)


def ids(client: SearchClient) -> list[list[str]]:
    """The ids of each bulk request that came."""
    asked: list[Asked] = client.asked  # type: ignore[attr-defined]
    return [[line["index"]["_id"] for line in each.lines if "index" in line] for each in asked]


def operations(client: SearchClient, *names: str) -> list[Operation]:
    return [Operation(Index(client, "t-status"), name, {"url": name}) for name in names]


def test_what_is_refused_for_now_is_sent_again_and_nothing_else(client: SearchClient, node: Node) -> None:
    node.says = {"b": [(429, {"type": "es_rejected_execution_exception"})], "c": [(503, {"type": "unavailable"})] * 2}
    outcomes = Bulk(client, size=100, most_bytes=10_000).write(operations(client, "a", "b", "c"))
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert ids(client) == [["a", "b", "c"], ["b", "c"], ["c"]]


def test_what_is_refused_for_good_fails_alone(client: SearchClient, node: Node) -> None:
    node.says = {"b": [(400, {"type": "document_parsing_exception", "reason": "no date"})]}
    good, bad, last = Bulk(client, size=100, most_bytes=10_000).write(operations(client, "a", "b", "c"))
    assert (good.error, last.error) == (None, None)
    assert isinstance(bad.error, DocumentError)
    assert "400 document_parsing_exception no date" in str(bad.error)


@pytest.mark.usefixtures("quick")
def test_a_document_that_makes_the_server_fail_is_given_up_after_some_attempts(
    client: SearchClient, node: Node
) -> None:
    node.says = {"a": [(500, {"type": "boom"})] * 20}
    bad, good = Bulk(client, size=100, most_bytes=10_000).write(operations(client, "a", "b"))
    assert bad.error is not None
    assert good.error is None
    assert len(ids(client)) == 6


def test_a_conflict_is_an_outcome(client: SearchClient, node: Node) -> None:
    node.says = {"a": [(409, {"type": "version_conflict_engine_exception"})]}
    [outcome] = Bulk(client, size=100, most_bytes=10_000).write(operations(client, "a"))
    assert outcome.conflict
    assert outcome.error is None


def test_what_is_written_to_an_index_that_is_gone_is_not_written(client: SearchClient, node: Node) -> None:
    gone = {"type": "index_not_found_exception", "reason": "no such index [t-status-write]"}
    bulk = Bulk(client, size=100, most_bytes=10_000)
    index = Index(client, "t-status")
    for document in ({"url": "a"}, None):
        node.says = {"a": [(404, gone)]}
        with pytest.raises(StoreError, match=r"there is no index t-status any more.*start the crawl again"):
            bulk.write([Operation(index, "a", document)])


def test_what_is_not_there_need_not_be_deleted(client: SearchClient, node: Node) -> None:
    node.says = {"a": [(404, None)]}
    [outcome] = Bulk(client, size=100, most_bytes=10_000).write([Operation(Index(client, "t-status"), "a", None)])
    assert outcome == DONE


def test_requests_are_bounded_in_number_and_bytes(client: SearchClient) -> None:
    Bulk(client, size=2, most_bytes=10_000).write(operations(client, "a", "b", "c"))
    Bulk(client, size=100, most_bytes=10).write(operations(client, "d", "e"))
    assert ids(client) == [["a", "b"], ["c"], ["d"], ["e"]]


def test_a_request_that_is_refused_for_now_is_sent_again(client: SearchClient, node: Node) -> None:
    node.whole = [(429, {"error": {"type": "circuit_breaking_exception"}}), (503, {})]
    assert [outcome.error for outcome in Bulk(client, size=9, most_bytes=999).write(operations(client, "a"))] == [None]


@pytest.mark.usefixtures("quick")
def test_a_request_that_is_too_large_is_sent_in_parts_and_a_document_that_is_fails_alone(
    client: SearchClient, node: Node
) -> None:
    node.largest = 400
    node.says = {"a": [(500, {"type": "boom"})], "h": [(429, {"type": "busy"})]}  # of a part, those are sent again, too
    bulk = Bulk(client, size=100, most_bytes=10_000)
    index = Index(client, "t-status")
    documents = [Operation(index, name, {"x": "y" * 600 if name == "d" else ""}) for name in "abcdefgh"]
    outcomes = bulk.write(documents)
    assert [outcome.error is None for outcome in outcomes] == [name != "d" for name in "abcdefgh"]
    assert re.search(
        r"a document of 6\d\d bytes for t-status: .* 413 +too large; .*takes no request", str(outcomes[3].error)
    )
    asked = len(ids(client))
    assert not any(outcome.error for outcome in bulk.write(operations(client, *"abcdefgh")))
    assert max(each.size for each in client.asked[asked:]) <= 400  # type: ignore[attr-defined]  # it has learned


@pytest.mark.usefixtures("quick")
def test_names_beyond_what_an_index_can_have_are_no_longer_mapped(client: SearchClient, node: Node) -> None:
    full = (400, {"type": "illegal_argument_exception", "reason": "Limit of total fields [1000] has been exceeded"})
    node.says = {"b": [full], "c": [full], "d": [full, full]}
    outcomes = Bulk(client, size=100, most_bytes=10_000).write(operations(client, *"abcd"))
    assert [outcome.error is None for outcome in outcomes] == [True, True, True, False]  # the last one even then
    asked: list[Asked] = client.asked  # type: ignore[attr-defined]
    assert [each.lines for each in asked if each.path == "/t-status/_mapping"] == [[{"dynamic": False}]]


@pytest.mark.usefixtures("quick")
def test_a_document_that_makes_the_whole_request_fail_fails_alone(client: SearchClient, node: Node) -> None:
    node.poison = "c"
    outcomes = Bulk(client, size=100, most_bytes=10_000).write(operations(client, *"abcdefgh"))
    assert [outcome.error is None for outcome in outcomes] == [name != "c" for name in "abcdefgh"]
    assert "500 null_pointer_exception" in str(outcomes[2].error)


@pytest.mark.usefixtures("quick")
def test_a_server_that_fails_whatever_it_is_sent_is_no_fault_of_the_documents(client: SearchClient, node: Node) -> None:
    node.whole = [(500, {"error": {"type": "boom"}})] * 50
    with pytest.raises(StoreError, match="500 boom"):
        Bulk(client, size=100, most_bytes=10_000).write(operations(client, *"abcdefgh"))
    assert len(ids(client)) < 15
    node.whole = [(500, {})] * 3
    assert not any(each.error for each in Bulk(client, size=9, most_bytes=999).write(operations(client, "a", "b")))


STRANGE = [
    (200, b"<html>login</html>"),
    (200, b""),
    (200, b"{}"),
    (200, b'{"items": [{"ind'),
    (200, b'{"items": [{"index": {}}]}'),
    (200, b'{"items": []}'),
    (200, b"[]"),
    (301, b""),
    (404, b'{"error": "no handler"}'),
    (404, b"not here"),
]


@pytest.mark.usefixtures("quick")
def test_an_answer_that_is_none_of_a_search_engine_is_asked_for_again(client: SearchClient, node: Node) -> None:
    node.whole = list(STRANGE)
    [outcome] = Bulk(client, size=9, most_bytes=999).write(operations(client, "a"))
    assert outcome == DONE
    assert len(ids(client)) == len(STRANGE) + 1
    assert not client.is_away


@pytest.mark.parametrize(("status", "body"), STRANGE)
def test_answers_of_a_proxy_are_trouble_when_patience_ends(
    client: SearchClient, node: Node, caplog: pytest.LogCaptureFixture, status: int, body: bytes
) -> None:
    client._patience = 0.0
    node.whole = [(status, body)]
    writer = BulkWriter(client, interval=0.01, size=3)
    bulk = Bulk(client, size=9, most_bytes=999)
    with pytest.raises(
        StoreError, match=rf"answered POST /_bulk with what is no answer of a search engine \({status} "
    ):
        writer.put(lambda names: [outcome.error for outcome in bulk.write(operations(client, *names))], ["a"], None)
    assert "no answer of a search engine" in str(writer.trouble)
    assert "no answer of a search engine" in caplog.text
    writer.close()


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b"[1]"])
def test_a_search_that_a_proxy_answers_is_an_error_that_says_so(client: SearchClient, node: Node, body: bytes) -> None:
    client._patience = 0.0
    node.whole = [(200, body)]
    with pytest.raises(StoreError, match=r"answered POST /t-status/_search with what is no answer of a search engine"):
        Index(client, "t-status").count()


def test_a_disk_that_is_full_is_no_reason_to_try_again(client: SearchClient, node: Node) -> None:
    node.says = {"a": [(429, {"type": "cluster_block_exception", "reason": "disk usage exceeded flood-stage"})]}
    with pytest.raises(StoreError, match=r"flood-stage; the index can only be read, as when a node's disk is full"):
        Bulk(client, size=9, most_bytes=999).write(operations(client, "a"))
    assert len(ids(client)) == 1


def test_the_writer_tells_each_write_what_became_of_it(client: SearchClient, node: Node) -> None:
    bulk = Bulk(client, size=100, most_bytes=10_000)
    node.says = {"b": [(400, {"type": "document_parsing_exception"})]}
    told: dict[str, BaseException | None] = {}
    done = threading.Semaphore(0)

    def write(names: list[str]) -> list[BaseException | None]:
        return [outcome.error for outcome in bulk.write(operations(client, *names))]

    def tell(name: str, error: BaseException | None) -> None:
        told[name] = error
        done.release()

    writer = BulkWriter(client, interval=0.01, size=3)
    for name in ("a", "b", "c"):
        writer.put(write, [name], lambda error, name=name: tell(name, error))  # type: ignore[misc]
    for _ in range(3):
        assert done.acquire(timeout=30)
    assert (told["a"], told["c"]) == (None, None)
    assert isinstance(told["b"], DocumentError)
    assert writer.trouble is None
    writer.close()
    with pytest.raises(StoreError, match="the store was closed"):
        writer.put(write, ["d"], None)


def test_trouble_lasts_until_something_is_written(client: SearchClient, node: Node) -> None:
    bulk = Bulk(client, size=100, most_bytes=10_000)

    def write(names: list[str]) -> list[BaseException | None]:
        return [outcome.error for outcome in bulk.write(operations(client, *names))]

    node.whole = [(401, {"error": {"type": "security_exception", "reason": "missing authentication"}})]
    writer = BulkWriter(client, interval=0.01, size=3)
    with pytest.raises(StoreError, match=r"401 security_exception .*store.search.user"):
        writer.put(write, ["a"], None)
    assert "security_exception" in str(writer.trouble)
    writer.put(write, ["a"], None)
    assert writer.trouble is None
    writer.close()
