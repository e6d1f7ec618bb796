"""The frontier in SQLite holds to the contract, and survives."""

import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from spindrift.clock import SystemClock
from spindrift.errors import StoreError
from spindrift.frontier import WHOLE, Frontier, Shard
from spindrift.frontier.claims import CrawlLock
from spindrift.frontier.sqlite_frontier import SqliteFrontier
from spindrift.frontier.sqlite_schema import SCHEMA
from spindrift.sqlite import FileDatabase, GroupCommitWriter
from spindrift.store import open_store
from tests.frontier.contract import NOW, FrontierContract, discovered, fetched, urls


class TestSqliteFrontier(FrontierContract):
    @pytest.fixture
    def frontier(self, tmp_path: Path) -> Iterator[Frontier]:
        with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
            yield store.frontier


def test_all_is_there_after_opening_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    with open_store(url) as store:
        store.frontier.put([discovered("http://a.example/"), fetched("http://a.example/2")])
        store.frontier.due(NOW, 10, 10, {})
    with open_store(url) as store:
        assert urls(store.frontier.due(NOW, 10, 10, {})) == ["http://a.example/"]
        assert store.frontier.count_by_status()["FETCHED"] == 1


def test_what_was_given_out_is_due_again_after_sigkill(tmp_path: Path) -> None:
    script = f"""
        import os, signal, threading
        from spindrift.store import open_store
        from tests.frontier.contract import NOW, discovered
        frontier = open_store("sqlite:///{tmp_path}/crawl.db").frontier
        frontier.claim()
        frontier.put([discovered(f"http://h{{n % 3}}.example/{{n}}") for n in range(9)])
        assert len(frontier.due(NOW, 5, 2, {{}})) == 5
        durable = threading.Event()
        frontier.put([discovered("http://late.example/")], lambda error: durable.set())
        durable.wait()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert killed.returncode == -9
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        store.frontier.claim()
        assert len(store.frontier.due(NOW, 100, 10, {})) == 10


def test_a_clock_that_was_set_back_leaves_no_url_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    with open_store(url) as store:
        store.frontier.put([discovered(f"http://a.example/{n}") for n in range(3)])
        assert len(store.frontier.due(NOW + 1e9, 1, 1, {})) == 1
    with open_store(url) as store:
        connection = sqlite3.connect(tmp_path / "crawl.db")
        connection.execute("UPDATE hosts SET ready_at = 9e15")
        connection.commit()
        connection.close()
        assert len(store.frontier.due(NOW, 10, 10, {})) == 3


@pytest.mark.parametrize("name", ["crawl.db", "link.db", "linked/crawl.db"])
def test_a_second_crawl_of_the_same_store_is_refused_until_the_first_ends(tmp_path: Path, name: str) -> None:
    (tmp_path / "link.db").symlink_to("crawl.db")  # of a store that is yet to be made
    (tmp_path / "linked").symlink_to(tmp_path)
    script = f"""
        import sys
        from spindrift.store import open_store
        open_store("sqlite:///{tmp_path}/{name}").frontier.claim()
        print("claimed", flush=True)
        sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"claimed\n"
        with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
            with pytest.raises(StoreError, match=r"crawl.db is being crawled by another process .*--store"):
                store.frontier.claim()
            store.frontier.put([discovered("http://a.example/")])  # inject works meanwhile
            with open_store(f"sqlite:///{tmp_path}/crawl.db", read_only=True) as reader:  # status, search
                assert reader.frontier.count_by_status()["DISCOVERED"] == 1
            other.kill()
            other.wait()
            store.frontier.claim().release()


def test_a_claim_is_exclusive_within_a_process_too_and_can_be_given_back(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        claim = store.frontier.claim()
        with pytest.raises(StoreError, match="by this process already"):
            store.frontier.claim()
        claim.release()
        claim.release()
        store.frontier.claim().release()


def test_a_store_opened_for_reading_cannot_be_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    open_store(url).close()
    with open_store(url, read_only=True) as store, pytest.raises(StoreError, match="opened for reading only"):
        store.frontier.put([discovered("http://a.example/")])


def test_tells_what_others_wrote_from_what_it_wrote_itself(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/crawl.db") as store:
        store.frontier.due(NOW, 10, 10, {})
        store.frontier.put([discovered("http://a.example/")])
        assert not store.frontier.written_elsewhere()
        with closing(sqlite3.connect(tmp_path / "crawl.db")) as other, other:
            other.execute("UPDATE hosts SET reason = 'another process was here'")
        assert store.frontier.written_elsewhere()
        assert store.frontier.written_elsewhere()
        store.frontier.due(NOW, 10, 10, {})
        assert not store.frontier.written_elsewhere()


def test_a_claim_holds_though_the_lock_file_was_removed_between_opening_and_locking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, real = CrawlLock("crawl.db", tmp_path / "crawl.db"), CrawlLock._lock
    opened: list[int] = []

    def late(file: int, shard: Shard) -> None:
        """Another crawl ends, and takes its file away, before the first lock."""
        if not opened:
            (tmp_path / "crawl.db.lock").unlink()
        opened.append(file)
        real(file, shard)

    monkeypatch.setattr(CrawlLock, "_lock", staticmethod(late))
    claim = lock.acquire(WHOLE)
    assert len(opened) == 2
    assert (tmp_path / "crawl.db.lock").exists()
    claim.release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_is_left_while_another_shard_is_claimed(tmp_path: Path) -> None:
    lock = CrawlLock("crawl.db", tmp_path / "crawl.db")
    first, second = lock.acquire(Shard(0, 2)), lock.acquire(Shard(1, 2))
    first.release()
    assert (tmp_path / "crawl.db.lock").exists()
    second.release()
    assert not (tmp_path / "crawl.db.lock").exists()


def test_a_host_of_a_batch_that_was_given_up_is_added_anew(tmp_path: Path) -> None:
    database = FileDatabase(tmp_path / "crawl.db")
    database.create(database.writer(), SCHEMA)
    writer = GroupCommitWriter(database.writer(), database, interval=3600, size=2)
    frontier = SqliteFrontier(database, writer, SystemClock())
    told: list[BaseException | None] = []

    def poison(connection: sqlite3.Connection, _items: list[None]) -> None:
        raise ValueError("spoils the batch that it is in")

    frontier.put([discovered("http://a.example/")], told.append)
    writer.submit(poison, [None], told.append)
    frontier.put([discovered("http://b.example/"), discovered("http://a.example/2")])
    hosts = {record.url: record.key for record in frontier.records()}
    writer.close()
    assert [str(error) for error in told] == ["None", "spoils the batch that it is in"]
    assert hosts == {
        "http://a.example/": "a.example",
        "http://b.example/": "b.example",
        "http://a.example/2": "a.example",
    }


@pytest.mark.parametrize(("key", "stored"), [("a\ud800.example", "a?.example"), ("a\0b.example", "a b.example")])
def test_a_key_that_sqlite_cannot_take_as_it_is_loses_no_url(key: str, stored: str, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        store.frontier.put([discovered("http://a.example/")._replace(key=key)])
        store.frontier.put([discovered("http://a.example/2")._replace(key=key)])
        store.frontier.hold(key, NOW + 60, "slow", 1)
        assert [record.key for record in store.frontier.records()] == [stored] * 2
        assert [host.reason for host in store.frontier.hosts(10, held_only=True, now=NOW)] == ["slow"]


def test_a_store_is_one_by_all_its_names_within_a_process_too(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("crawl.db")
    with open_store(f"{tmp_path}/crawl.db") as store, open_store(f"{tmp_path}/link.db") as linked:
        assert store.frontier is linked.frontier
        store.frontier.claim()
        with pytest.raises(StoreError, match="is being crawled by this process"):
            linked.frontier.claim()
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".lock") in ([], ["crawl.db.lock"])


def test_a_link_in_a_circle_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "x.db").symlink_to("x.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"{tmp_path}/x.db")
