"""Opening stores: shared within a process, with errors that say what to do."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from spindrift.errors import ConfigurationError, StoreError
from spindrift.sqlite import Database
from spindrift.store import open_store
from tests.frontier.contract import discovered


def test_a_store_is_shared_and_stays_open_until_the_last_one_closes_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    first, second = open_store(url), open_store(url)
    assert first.frontier is second.frontier
    first.close()
    first.close()
    second.frontier.put([discovered("http://a.example/")])
    second.close()
    with pytest.raises(StoreError, match="closed"):
        second.frontier.put([discovered("http://b.example/")])


def test_closing_writes_what_was_put(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    with open_store(url) as store:
        store.frontier.put([discovered("http://a.example/")], lambda _error: None)
    with open_store(url, read_only=True) as store:
        assert store.frontier.get("http://a.example/") is not None


def test_a_program_that_ends_without_closing_loses_nothing(tmp_path: Path) -> None:
    script = f"""
        from spindrift.store import open_store
        from tests.frontier.contract import discovered
        store = open_store("sqlite:///{tmp_path}/crawl.db")
        store.frontier.put([discovered("http://a.example/")], lambda _error: None)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)
    with open_store(f"sqlite:///{tmp_path}/crawl.db", read_only=True) as store:
        assert store.frontier.get("http://a.example/") is not None


@pytest.mark.parametrize("url", ["", "sqlite:///", "sqlite:crawl.db", "sqlite://crawl.db", "redis://localhost"])
def test_a_url_that_is_not_understood(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"right is a file such as crawl\.db, or its URL: sqlite:///crawl\.db"):
        open_store(url)


@pytest.mark.parametrize("url", ["elasticsearch:/h:9200/crawl", "elasticsearch:h:9200/crawl"])
def test_a_slash_too_few_makes_no_file(url: str) -> None:
    with pytest.raises(ConfigurationError, match="did you mean elasticsearch://h:9200/crawl"):
        open_store(url)


def test_a_plain_path_will_do(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/crawl.db") as store, open_store(f"sqlite:///{tmp_path}/crawl.db") as same:
        assert store.frontier is same.frontier


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; name a file"):
        open_store(str(tmp_path))


def test_nothing_but_the_file_is_left_after_reading_and_writing(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/crawl.db") as store:
        claim = store.frontier.claim()
        store.frontier.put([discovered("http://a.example/")])
        assert store.frontier.get("http://a.example/") is not None
        claim.release()
    with open_store(f"{tmp_path}/crawl.db", read_only=True) as store:
        assert store.frontier.count_by_status()["DISCOVERED"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["crawl.db"]


def test_reading_needs_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist; crawl into it first"):
        open_store(f"sqlite:///{tmp_path}/crawl.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"folder .*missing does not exist"):
        open_store(f"sqlite:///{tmp_path}/missing/crawl.db")


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "crawl.db").write_bytes(b"not a database, but long enough to be looked at " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/crawl.db")


def test_a_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "crawl.db") as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match="of another program"):
        open_store(f"sqlite:///{tmp_path}/crawl.db")


def test_a_store_of_a_newer_version(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/crawl.db").close()
    with sqlite3.connect(tmp_path / "crawl.db") as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="newer spindrift"):
        open_store(f"sqlite:///{tmp_path}/crawl.db")


def test_a_store_of_an_older_version_gets_the_tables_that_it_lacks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    with open_store(url) as store:
        store.frontier.put([discovered("http://a.example/")])
    with sqlite3.connect(tmp_path / "crawl.db") as connection:
        connection.executescript("DROP TABLE pauses; PRAGMA user_version=2;")
    with open_store(url) as store:
        store.frontier.pause("a.example", 2e9)
        assert store.frontier.get("http://a.example/") is not None


def test_a_disk_without_room_for_a_new_store_is_an_error_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(connection: sqlite3.Connection, schema: str) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Database, "create", staticmethod(no_room))
    with pytest.raises(StoreError, match=r"new\.db cannot be written: database or disk is full"):
        open_store(f"sqlite:///{tmp_path}/new.db")


def test_a_folder_that_cannot_be_written_is_read_and_otherwise_said(tmp_path: Path) -> None:
    script = """
        import os, sys, tempfile
        from spindrift.errors import StoreError
        from spindrift.store import open_store
        folder = tempfile.mkdtemp()
        open_store(f"{folder}/crawl.db").close()
        os.chmod(folder, 0o555)
        if os.geteuid() == 0:
            os.setuid(65534)  # nobody: root may write everywhere
        with open_store(f"{folder}/crawl.db", read_only=True) as store:
            print(store.frontier.count_by_status()["FETCHED"])
        for name in ("crawl.db", "new.db"):
            try:
                open_store(f"{folder}/{name}")
            except StoreError as error:
                print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, capture_output=True, text=True)
    read, known, new = done.stdout.splitlines()
    assert read == "0"
    assert "make " in known
    assert "and its folder writable" in known
    assert "new.db must be readable, and its folder writable" in new
