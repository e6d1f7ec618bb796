"""A store in memory holds to the contracts of every other, and leaves nothing."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier import Frontier
from spindrift.index import Documents
from spindrift.sqlite import GroupCommitWriter, MemoryDatabase
from spindrift.store import open_store
from spindrift.store_url import store_exists
from tests.frontier.contract import NOW, FrontierContract, discovered, fetched, in_flight, urls
from tests.index.contract import DocumentsContract, animals, page

__all__ = ["animals"]


@pytest.fixture
def frontier() -> Iterator[Frontier]:
    with open_store("memory:") as store:
        yield store.frontier


@pytest.fixture
def documents() -> Iterator[Documents]:
    with open_store("memory:") as store:
        yield store.documents


class TestFrontierInMemory(FrontierContract):
    def test_what_is_not_due_yet_blocks_nobody_though_its_url_comes_first(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/", NOW + 60), discovered("http://b.example/", NOW)])
        frontier.put([discovered("http://a.example/z", NOW), discovered("http://a.example/y", NOW - 1)])
        assert urls(frontier.due(NOW, 10, 10, {})) == [
            "http://a.example/y",
            "http://b.example/",
            "http://a.example/z",
        ]

    def test_has_one_crawl_at_a_time(self, frontier: Frontier) -> None:
        claim = frontier.claim()
        with pytest.raises(StoreError, match="store memory: is being crawled by this process already"):
            frontier.claim()
        claim.release()
        frontier.claim().release()

    def test_knows_that_nobody_else_writes(self, frontier: Frontier) -> None:
        frontier.due(NOW, 10, 10, {})
        frontier.put([discovered("http://a.example/")])
        assert not frontier.written_elsewhere()


class TestDocumentsInMemory(DocumentsContract):
    pass


def test_it_is_shared_within_a_process_and_gone_when_the_last_one_closes_it() -> None:
    with open_store("memory:") as first, open_store("memory:") as second:
        first.frontier.put([discovered("http://a.example/")])
        second.documents.put([page("http://a.example/")])
        first.close()
        assert second.frontier.get("http://a.example/") is not None
        assert second.documents.count() == 1
    with open_store("memory:") as third:
        assert third.frontier.count_hosts() == 0
        assert third.documents.count() == 0


def test_readers_and_the_writer_of_many_threads_disturb_each_other_only_by_waiting(
    frontier: Frontier, caplog: pytest.LogCaptureFixture
) -> None:
    rounds, each, failures = 30, 50, []
    stored = threading.Event()

    def read() -> None:
        seen = 0
        try:
            while not stored.is_set():
                count = sum(frontier.count_by_status().values())
                # What is not committed cannot be seen: batches are there as a whole, and never go away again.
                assert count % each == 0
                assert count >= seen
                seen = count
                assert len(list(frontier.records())) % each == 0
                frontier.hosts(10)
                frontier.next_due(NOW)
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(rounds):
        frontier.put([discovered(f"http://h{n % 7}.example/{number}/{n}") for n in range(each)])
    stored.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert frontier.count_by_status()["DISCOVERED"] == rounds * each
    assert caplog.messages == []


def test_an_sqlite_without_it_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 35, 5))
    with pytest.raises(StoreError, match=r"store memory: needs SQLite 3\.36 or later"):
        open_store("memory:")


def test_what_is_in_flight_is_safe_from_others_while_it_is_stored(frontier: Frontier) -> None:
    frontier.put([discovered(f"http://a.example/{n}") for n in range(20)])
    taken = frontier.due(NOW, 10, 10, {})
    frontier.put([fetched(record.url) for record in taken[:5]], lambda _error: None)
    rest = frontier.due(NOW, 20, 20, in_flight(taken))
    assert len(rest) == 10
    assert not set(urls(rest)) & set(urls(taken))


def test_a_memory_that_is_full_says_what_to_do() -> None:
    database = MemoryDatabase()
    connection = database.writer()
    connection.execute("CREATE TABLE words (word TEXT)")
    connection.execute("PRAGMA max_page_count=20")
    writer = GroupCommitWriter(connection, database)
    with pytest.raises(StoreError, match=r"memory: could not be written: .*full; .*crawl into a file \(--store"):
        writer.write(lambda held, items: held.executemany("INSERT INTO words VALUES (?)", items), [("x" * 200_000,)])
    assert "crawl into a file" in str(writer.trouble)
    writer.close()
    database.close()


def test_nobody_else_can_have_it() -> None:
    with open_store("memory:") as store:
        store.frontier.put([discovered("http://a.example/")])
        with pytest.raises(ConfigurationError, match="gone with the crawl that filled it"):
            open_store("memory:", read_only=True)
        assert not store_exists("memory:")


def test_a_component_in_a_process_of_its_own_refuses_it(tmp_path: Path) -> None:
    script = """
        from spindrift.bolts.status import StatusUpdaterBolt
        from spindrift.local.child import ChildProcess
        context = {"task->component": {"1": "status"}, "taskid": 1, "componentid": "status"}
        child = ChildProcess(StatusUpdaterBolt, {"store.url": "memory:"}, context)
        said = []
        try:
            while True:
                said += child.read(30)
        except EOFError:
            child.wait(5)
        print(*(each.get("msg") for each in said))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "store memory: is in the memory of one process, and this component runs in another" in done.stdout
