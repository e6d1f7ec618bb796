"""A database in a file: how much of it is kept in memory."""

from pathlib import Path

import pytest

from spindrift.sqlite import FileDatabase

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("file_mb", "cache_mb"), [(1, 48), (384, 48), (800, 100), (2048, 256), (8192, 256)], ids=lambda value: f"{value}-mb"
)
def test_the_writers_cache_is_an_eighth_of_the_file_within_bounds(tmp_path: Path, file_mb: int, cache_mb: int) -> None:
    database = FileDatabase(tmp_path / "crawl.db")
    connection = database.writer()
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("CREATE TABLE t (a)")
    make_longer(tmp_path / "crawl.db", file_mb * MB)
    database.fit_cache(connection)
    assert connection.execute("PRAGMA cache_size").fetchone()[0] == -cache_mb * 1024
    connection.close()
    database.close()


def make_longer(path: Path, size: int) -> None:
    """A file with a hole, and a header that counts its pages: the disk need not have room for so many."""
    with path.open("r+b") as file:
        file.seek(24)
        changes = int.from_bytes(file.read(4), "big") + 1
        for offset, value in ((24, changes), (28, size // 4096), (92, changes)):
            file.seek(offset)
            file.write(value.to_bytes(4, "big"))
        file.truncate(size)
