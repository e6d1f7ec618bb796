"""The write-ahead log is folded back beside the writer, and begins anew."""

from pathlib import Path

import pytest

from spindrift.sqlite import Checkpointer, FileDatabase, checkpoints


def test_a_long_log_begins_anew_though_the_writer_never_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LONG", 300)
    database = FileDatabase(tmp_path / "crawl.db")
    writer = database.writer()
    writer.execute("CREATE TABLE t (text TEXT)")
    checkpointer = Checkpointer(database.writer())

    def write() -> bytes:
        checkpointer.finish(writer)
        writer.execute("INSERT INTO t VALUES (?)", ("x" * 3000,))
        with (tmp_path / "crawl.db-wal").open("rb") as log:
            return log.read(24)[16:]  # the salts, which are others in each new log

    first = {write() for _ in range(400)}
    checkpointer.wrote(checkpoints.ITEMS)
    assert checkpointer.rest_is_short.wait(30)
    writer.execute("INSERT INTO t VALUES ('committed before the writer hears of it')")
    assert write() not in first
    assert not checkpointer.rest_is_short.is_set()
    checkpointer.close()
    writer.close()
    database.close()
