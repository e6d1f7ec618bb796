"""The statements that change the frontier in SQLite; they run in the writer's transaction."""

import sqlite3
from typing import Final, NamedTuple

from spindrift.frontier.records import Said, StatusUpdate
from spindrift.frontier.sqlite_schema import TRUE_READY, due_milliseconds, now_milliseconds, status_code
from spindrift.sqlite import RowsStatement, as_json, as_parameter
from spindrift.sqlite.digest import key_hash, url_digest
from spindrift.sqlite.rows import SqlValue
from spindrift.status import Status

_ADD_HOSTS: Final = """
INSERT INTO hosts (key, bucket) SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
WHERE true ON CONFLICT (key) DO NOTHING
"""

# CROSS JOIN keeps the order of the rows, as the last of two updates of one URL has to win.
_UPSERT: Final = RowsStatement(
    """
INSERT INTO status (digest1, digest2, host, status, next_fetch, updated, url, metadata)
SELECT column1, column2, hosts.id, column4, column5, column6, column7, column8
FROM {rows} CROSS JOIN hosts ON hosts.key = column3 WHERE true
ON CONFLICT (digest1, digest2) DO UPDATE SET host = excluded.host, status = excluded.status,
  next_fetch = excluded.next_fetch, updated = excluded.updated, metadata = excluded.metadata
WHERE excluded.status <> 0
""",
    columns=8,
)

_TAKE_OVER: Final = """
UPDATE status SET metadata = json_patch(metadata, :metadata)
WHERE digest1 = :digest1 AND digest2 = :digest2 AND metadata <> json_patch(metadata, :metadata)
"""

_EARLIER: Final = f"""
UPDATE status SET next_fetch = :due
WHERE digest1 = :digest1 AND digest2 = :digest2 AND updated < :changed AND (next_fetch IS NULL OR next_fetch > :due)
  AND status IN ({status_code(Status.FETCHED)}, {status_code(Status.REDIRECTION)})
"""  # noqa: S608

_HOLD: Final = f"""
UPDATE hosts SET held_until = :until, reason = :reason, failures = :failures,
  ready_at = {TRUE_READY.replace("held_until", ":until")}
WHERE key = :key
"""  # noqa: S608


class Hold(NamedTuple):
    """No URL of `key` before `until` (seconds since the epoch)."""

    key: str
    until: float
    reason: str
    failures: int


def put(connection: sqlite3.Connection, updates: list[StatusUpdate], now: float) -> None:
    """Store the updates in their order."""
    updated = now_milliseconds(now)
    _add_hosts(connection, [update.key for update in updates])
    _UPSERT.execute(connection, [_row(update, updated) for update in updates])
    if said := [_said(update) for update in updates if update.said is not None]:
        connection.executemany(_TAKE_OVER, said)
        connection.executemany(_EARLIER, [values for values in said if values["changed"] is not None])


def hold(connection: sqlite3.Connection, holds: list[Hold]) -> None:
    """Hold and release keys."""
    _add_hosts(connection, [hold.key for hold in holds])
    for key, until, reason, failures in holds:
        values = {"key": key, "until": due_milliseconds(until), "reason": reason, "failures": failures}
        connection.execute(_HOLD, values)


def _add_hosts(connection: sqlite3.Connection, keys: list[str]) -> None:
    connection.execute(_ADD_HOSTS, (as_parameter([(key, key_hash(key)) for key in dict.fromkeys(keys)]),))


def _row(update: StatusUpdate, updated: int) -> tuple[SqlValue, ...]:
    url, key, status, metadata, next_fetch, _ = update
    digest1, digest2 = url_digest(url)
    return digest1, digest2, key, status_code(status), due_milliseconds(next_fetch), updated, url, as_json(metadata)


def _said(update: StatusUpdate) -> dict[str, SqlValue]:
    changed, metadata = update.said or Said(None, {})
    digest1, digest2 = url_digest(update.url)
    return {
        "digest1": digest1,
        "digest2": digest2,
        "due": due_milliseconds(update.next_fetch),
        "changed": due_milliseconds(changed),
        "metadata": as_json(metadata),
    }
