"""The statements that change the frontier in SQLite; they run in the writer's transaction."""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from spindrift.frontier.host_ids import HostIds
from spindrift.frontier.records import RESUMED, Said, StatusUpdate
from spindrift.frontier.sqlite_bookkeeping import Counting, Digest, enqueue
from spindrift.frontier.sqlite_schema import TRUE_READY, due_milliseconds, now_milliseconds, status_code
from spindrift.sqlite import RowsStatement, as_json
from spindrift.sqlite.digest import url_digest
from spindrift.sqlite.rows import SqlValue
from spindrift.status import Status

# In the order of the rows, as the last of two updates of one URL has to win. What is ignored are the rows of NULLs.
_UPSERT: Final = RowsStatement(
    """
INSERT OR IGNORE INTO status (digest1, digest2, status, next_fetch, updated, url, metadata, host) {rows}
ON CONFLICT (digest1, digest2) DO UPDATE SET host = excluded.host, status = excluded.status,
  next_fetch = excluded.next_fetch, updated = excluded.updated, metadata = excluded.metadata
WHERE excluded.status <> 0
""",
    columns=8,
)

_DISCOVERED: Final = status_code(Status.DISCOVERED)

_TAKE_OVER: Final = """
UPDATE status SET metadata = json_patch(metadata, :metadata)
WHERE digest1 = :digest1 AND digest2 = :digest2 AND metadata <> json_patch(metadata, :metadata)
"""

_EARLIER: Final = f"""
UPDATE status SET next_fetch = :due, host = :host
WHERE digest1 = :digest1 AND digest2 = :digest2 AND updated < :changed AND (next_fetch IS NULL OR next_fetch > :due)
  AND status IN ({status_code(Status.FETCHED)}, {status_code(Status.REDIRECTION)})
"""  # noqa: S608

_HOLD: Final = f"""
UPDATE hosts SET held_until = :until, reason = :reason, failures = :failures,
  ready_at = {TRUE_READY.replace("held_until", ":until")}
WHERE id = :id
"""  # noqa: S608


_PAUSE: Final = "INSERT OR REPLACE INTO pauses (key, until) VALUES (?, ?)"
_PAUSED: Final = """
SELECT key, until FROM pauses
WHERE until > ? AND NOT EXISTS (SELECT 1 FROM hosts WHERE hosts.key = pauses.key AND held_until >= until)
"""


class Hold(NamedTuple):
    """No URL of `key` before `until` (seconds since the epoch)."""

    key: str
    until: float
    reason: str
    failures: int


class Prepared(NamedTuple):
    """An update, the code of its status, when it is due (ms), and its row: all but the host, the last column."""

    update: StatusUpdate
    digest: Digest
    status: int
    due: int | None
    row: tuple[SqlValue, ...]


def prepare(updates: Sequence[StatusUpdate], now: float) -> list[Prepared]:
    """What can be done for `put` by the thread that has the updates, so that the writer need not: there is but one."""
    updated = now_milliseconds(now)
    return [_prepared(update, updated) for update in updates]


def put(connection: sqlite3.Connection, hosts: HostIds, prepared: Sequence[Prepared]) -> None:
    """Store the updates in their order."""
    ids = hosts.of(connection, [each.update.key for each in prepared])
    rows: list[tuple[SqlValue, ...]] = []
    changed: dict[Digest, int] = {}
    earliest: dict[int, int] = {}
    for update, digest, status, due, row in prepared:
        host = ids[update.key]
        rows.append((*row, host))
        if status != _DISCOVERED:
            changed[digest] = status
        if due is not None and due < earliest.get(host, due + 1):
            earliest[host] = due
    counting = Counting(connection, changed)
    _UPSERT.execute(connection, rows)
    counting.finish()
    if said := [_said(each, ids[each.update.key]) for each in prepared if each.update.said is not None]:
        connection.executemany(_TAKE_OVER, said)
        connection.executemany(_EARLIER, [values for values in said if values["changed"] is not None])
    enqueue(connection, earliest)


def hold(connection: sqlite3.Connection, hosts: HostIds, holds: Sequence[Hold]) -> None:
    """Hold and release keys."""
    ids = hosts.of(connection, [hold.key for hold in holds])
    for key, until, reason, failures in holds:
        values = {"id": ids[key], "until": due_milliseconds(until), "reason": reason, "failures": failures}
        connection.execute(_HOLD, values)


def pause(connection: sqlite3.Connection, pauses: Sequence[tuple[str, float]]) -> None:
    """Remember until when (seconds since the epoch) keys are spared."""
    connection.executemany(_PAUSE, [(key, due_milliseconds(until)) for key, until in pauses])


def resume(connection: sqlite3.Connection, hosts: HostIds, now: float) -> None:
    """Turn the pauses of the last crawl into holds."""
    rows = connection.execute(_PAUSED, (now_milliseconds(now),)).fetchall()
    hold(connection, hosts, [Hold(key, until / 1000, RESUMED, 0) for key, until in rows])
    connection.execute("DELETE FROM pauses")


def _prepared(update: StatusUpdate, updated: int) -> Prepared:
    status, due = status_code(update.status), due_milliseconds(update.next_fetch)
    if update.updated is not None:
        updated = now_milliseconds(update.updated)
    digest = url_digest(update.url)
    row = (*digest, status, due, updated, update.url, as_json(update.metadata))
    return Prepared(update, digest, status, due, row)


def _said(prepared: Prepared, host: int) -> dict[str, SqlValue]:
    changed, metadata = prepared.update.said or Said(None, {})
    digest1, digest2 = prepared.digest
    return {
        "digest1": digest1,
        "digest2": digest2,
        "host": host,
        "due": prepared.due,
        "changed": due_milliseconds(changed),
        "metadata": as_json(metadata),
    }
