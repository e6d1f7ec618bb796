"""The one writer: it gathers, commits together, and tells everybody what became of their write."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.errors import StoreError
from spindrift.sqlite import Database, FileDatabase, GroupCommitWriter


def insert(connection: sqlite3.Connection, items: list[str]) -> None:
    """Refuses the word "bad", after it wrote the others."""
    connection.executemany("INSERT INTO words VALUES (?, ?)", [(item, len(items)) for item in items])
    if "bad" in items:
        raise ValueError("a bad word")


class Told:
    """Collects what callbacks say, and waits for them."""

    def __init__(self) -> None:
        self.errors: list[BaseException | None] = []
        self._called = threading.Semaphore(0)

    def __call__(self, error: BaseException | None) -> None:
        self.errors.append(error)
        self._called.release()

    def wait(self, times: int) -> list[BaseException | None]:
        for _ in range(times):
            assert self._called.acquire(timeout=30)
        return self.errors


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = FileDatabase(tmp_path / "words.db")
    connection = database.writer()
    database.create(connection, "CREATE TABLE words (word TEXT, together INTEGER);")
    connection.close()
    return database


@pytest.fixture
def writer(database: Database) -> Iterator[GroupCommitWriter]:
    writer = GroupCommitWriter(database.writer(), database, interval=3600, size=1000)
    yield writer
    writer.close()


def words(database: Database) -> list[tuple[str, int]]:
    return database.reader().execute("SELECT word, together FROM words").fetchall()


def test_what_is_waited_for_takes_along_what_was_submitted_before(
    writer: GroupCommitWriter, database: Database
) -> None:
    told = Told()
    writer.submit(insert, ["a"], told)
    writer.submit(insert, ["b", "c"], told)
    writer.write(insert, ["d"])
    assert told.wait(2) == [None, None]
    assert words(database) == [("a", 4), ("b", 4), ("c", 4), ("d", 4)]


def test_a_full_batch_is_written_without_anybody_waiting(database: Database) -> None:
    writer = GroupCommitWriter(database.writer(), database, interval=3600, size=3)
    told = Told()
    for word in "abc":
        writer.submit(insert, [word], told)
    assert told.wait(3) == [None] * 3
    writer.close()


def test_a_batch_is_written_when_its_time_has_come(database: Database) -> None:
    writer = GroupCommitWriter(database.writer(), database, interval=0.001, size=1000)
    told = Told()
    writer.submit(insert, ["a"], told)
    assert told.wait(1) == [None]
    writer.close()


def test_one_bad_item_fails_alone(writer: GroupCommitWriter, database: Database) -> None:
    good, bad = Told(), Told()
    writer.submit(insert, ["a"], good)
    writer.submit(insert, ["bad"], bad)
    writer.write(insert, ["b"])
    assert good.wait(1) == [None]
    [error] = bad.wait(1)
    assert isinstance(error, ValueError)
    assert [word for word, _ in words(database)] == ["a", "b"]


def test_a_question_is_answered_after_what_came_before_it(writer: GroupCommitWriter) -> None:
    writer.submit(insert, ["a"], Told())
    assert writer.ask(lambda connection: connection.execute("SELECT count(*) FROM words").fetchone()[0]) == 1


def test_closing_writes_what_is_left_and_takes_no_more(database: Database) -> None:
    writer = GroupCommitWriter(database.writer(), database, interval=3600)
    told = Told()
    writer.submit(insert, ["a"], told)
    writer.close()
    assert told.errors == [None]
    assert words(database) == [("a", 1)]
    with pytest.raises(StoreError, match="closed"):
        writer.submit(insert, ["b"], told)


def test_a_callback_that_raises_stops_nothing(writer: GroupCommitWriter, database: Database) -> None:
    def broken(_error: BaseException | None) -> None:
        raise RuntimeError("broken callback")

    writer.submit(insert, ["a"], broken)
    writer.write(insert, ["b"])
    writer.write(insert, ["c"])
    assert len(words(database)) == 3


def test_a_callback_may_submit(writer: GroupCommitWriter, database: Database) -> None:
    told = Told()
    writer.submit(insert, ["a"], lambda _error: writer.submit(insert, ["b"], told, urgent=True))
    writer.write(insert, ["c"])
    told.wait(1)
    assert sorted(word for word, _ in words(database)) == ["a", "b", "c"]


def test_another_process_that_writes_is_waited_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spindrift.sqlite.database.BUSY_TIMEOUT_SECONDS", 0.001)  # so that it has to try again
    other = sqlite3.connect(str(database.path), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    attempts = 0
    real = GroupCommitWriter._transaction

    def counted(writer: GroupCommitWriter, batch: object) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 3:
            other.execute("ROLLBACK")
        real(writer, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(GroupCommitWriter, "_transaction", counted)
    writer = GroupCommitWriter(database.writer(), database, interval=3600)
    writer.write(insert, ["a"])
    assert attempts == 3
    writer.close()
    other.close()


def test_a_full_disk_is_told_to_everybody(database: Database) -> None:
    connection = database.writer()
    connection.execute("PRAGMA max_page_count=1")
    writer = GroupCommitWriter(connection, database, interval=3600)
    told = Told()
    writer.submit(insert, ["a" * 100_000], told)
    with pytest.raises(StoreError, match="full"):
        writer.write(insert, ["b" * 100_000])
    [error] = told.wait(1)
    assert isinstance(error, StoreError)
    connection.execute("PRAGMA max_page_count=100000")
    writer.write(insert, ["c"])
    assert [word for word, _ in words(database)] == ["c"]
    writer.close()


def test_a_full_disk_is_logged_once_and_kept_as_trouble_until_there_is_room(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    connection = database.writer()
    connection.execute("PRAGMA max_page_count=1")
    writer = GroupCommitWriter(connection, database, interval=3600)
    for _ in range(5):
        with pytest.raises(StoreError, match=r"disk is full; make room on the disk that holds .*words\.db"):
            writer.write(insert, ["a" * 100_000])
    assert "could not be written (5 times): database or disk is full" in str(writer.trouble)
    connection.execute("PRAGMA max_page_count=100000")
    writer.write(insert, ["b"])
    assert writer.trouble is None
    assert ["words.db" in record.getMessage() for record in caplog.records] == [True]
    writer.close()


def test_an_interval_longer_than_a_thread_can_wait_is_as_long_as_it_can(database: Database) -> None:
    writer = GroupCommitWriter(database.writer(), database, interval=1e99)
    told = Told()
    writer.submit(insert, ["a"], told)
    writer.write(insert, ["b"])
    assert told.wait(1) == [None]
    writer.close()


def test_nobody_waits_for_a_writer_that_has_died(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    def die() -> None:
        held.wait(30)
        raise OverflowError("the thread dies of it")

    held = threading.Event()
    writer = GroupCommitWriter(database.writer(), database, interval=3600, size=1)
    writer.when_rolled_back(die)
    told = Told()
    writer.submit(insert, ["bad"], told)
    writer.submit(insert, ["later"], told)
    held.set()
    assert [type(error) for error in told.wait(2)] == [StoreError, StoreError]
    with pytest.raises(StoreError, match="could not be written: the thread dies of it"):
        writer.write(insert, ["a"])
    with pytest.raises(StoreError, match="could not be written: the thread dies of it"):
        writer.submit(insert, ["b"], told)
    assert "the thread dies of it" in str(writer.trouble)
    assert "has ended" in caplog.text
    writer.close()
    assert words(database) == []


def test_nothing_is_done_before_a_transaction_that_somebody_waits_for(database: FileDatabase) -> None:
    begun: list[sqlite3.Connection] = []
    writer = GroupCommitWriter(database.writer(), database, interval=0.001, on_begin=begun.append)
    writer.ask(lambda connection: None)
    assert not begun
    durable = threading.Event()
    writer.submit(lambda connection, items: None, [1], lambda error: durable.set())
    assert durable.wait(30)
    assert len(begun) == 1
    writer.close()
