"""What follows from the rows that are put: counts by status, and hosts' places in the queue."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from spindrift.frontier.host_ids import HostIds
from spindrift.frontier.records import Said, StatusUpdate
from spindrift.frontier.sqlite_schema import SCHEMA, TRUE_READY
from spindrift.frontier.sqlite_writes import Hold, hold, prepare, put
from spindrift.status import Status
from spindrift.store import open_store
from tests.frontier.contract import NOW, discovered, fetched

_TIMES = st.one_of(st.none(), st.integers(0, 9).map(lambda hour: NOW + 3600 * hour))
_UPDATES = st.builds(
    lambda number, host, status, due, said: StatusUpdate(f"http://{number}.example/", host, status, {}, due, said),
    st.integers(0, 7),
    st.sampled_from(["a.example", "b.example", "c.example"]),
    st.sampled_from(Status),
    _TIMES,
    st.one_of(st.none(), _TIMES.map(lambda changed: Said(changed, {}))),
)
_HOLDS = st.builds(
    lambda key, until: Hold(key, until or 0, "slow", 1), st.sampled_from(["a.example", "b.example"]), _TIMES
)

_COUNTED = "SELECT status, count(*) FROM status GROUP BY status ORDER BY status"
_COUNTS = "SELECT status, urls FROM counts WHERE urls <> 0 ORDER BY status"
_LATE = f"SELECT key FROM hosts WHERE {TRUE_READY} IS NOT NULL AND (ready_at IS NULL OR ready_at > {TRUE_READY})"


_URL = "http://0.example/"
_FETCHED = StatusUpdate(_URL, "a.example", Status.FETCHED, {}, None)
_CHANGED = StatusUpdate(_URL, "b.example", Status.DISCOVERED, {}, NOW, Said(NOW + 3600, {}))


@settings(max_examples=200)
@example(batches=[([_FETCHED], []), ([_CHANGED], [])])
@given(batches=st.lists(st.tuples(st.lists(_UPDATES, max_size=9), st.lists(_HOLDS, max_size=2)), max_size=5))
def test_counts_are_right_and_no_host_has_too_late_a_place_whatever_is_put(
    batches: list[tuple[list[StatusUpdate], list[Hold]]],
) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        hosts = HostIds()
        for step, (updates, holds) in enumerate(batches):
            put(connection, hosts, prepare(updates, NOW + step))
            hold(connection, hosts, holds)
            assert connection.execute(_COUNTS).fetchall() == connection.execute(_COUNTED).fetchall()
            assert connection.execute(_LATE).fetchall() == []


def test_a_link_that_is_known_moves_its_host_nowhere() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        hosts = HostIds()
        put(connection, hosts, prepare([fetched("http://a.example/")._replace(next_fetch=NOW + 3600)], NOW))
        place = connection.execute("SELECT ready_at FROM hosts").fetchone()
        put(connection, hosts, prepare([discovered("http://a.example/")], NOW))
        assert connection.execute("SELECT ready_at FROM hosts").fetchone() == place


def test_a_store_whose_triggers_did_it_counts_no_url_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crawl.db"
    with open_store(url) as store:
        store.frontier.put([discovered("http://a.example/")])
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as connection:
        connection.executescript(
            """
            CREATE TRIGGER status_added AFTER INSERT ON status BEGIN
              UPDATE counts SET urls = urls + 1 WHERE status = new.status;
            END;
            PRAGMA user_version=1;
            """
        )
    with open_store(url) as store:
        store.frontier.put([discovered("http://a.example/2"), fetched("http://a.example/")])
        counts = store.frontier.count_by_status()
        assert (counts["DISCOVERED"], counts["FETCHED"]) == (1, 1)
