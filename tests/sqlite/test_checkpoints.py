"""The write-ahead log is folded back beside the writer, and begins anew."""

import threading
from pathlib import Path

import pytest

from spindrift.sqlite import Checkpointer, FileDatabase, checkpoints


def test_a_long_log_begins_anew_though_the_writer_never_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "ITEMS", 100)
    monkeypatch.setattr(checkpoints, "LONG", 300)
    database = FileDatabase(tmp_path / "crawl.db")
    writer = database.writer()
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("CREATE TABLE t (text TEXT)")
    checkpointer = Checkpointer(database.writer())
    log = tmp_path / "crawl.db-wal"
    anew = threading.Event()
    written = 0
    while not anew.is_set() and written < 20_000:
        before = log.read_bytes()[16:24]  # the salts, which are others in each new log
        checkpointer.finish(writer)
        writer.execute("INSERT INTO t VALUES (?)", ("x" * 3000,))
        written += 1
        checkpointer.wrote(1)
        if written > 300 and log.read_bytes()[16:24] != before:
            anew.set()
    checkpointer.close()
    writer.close()
    database.close()
    assert anew.is_set(), "the log grew without end"
