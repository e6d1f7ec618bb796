"""The statements that change the frontier in SQLite; they run in the writer's transaction."""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from spindrift.frontier.host_ids import HostIds
from spindrift.frontier.records import Said, StatusUpdate
from spindrift.frontier.sqlite_schema import TRUE_READY, due_milliseconds, now_milliseconds, status_code
from spindrift.sqlite import RowsStatement, as_json
from spindrift.sqlite.digest import url_digest
from spindrift.sqlite.rows import SqlValue
from spindrift.status import Status

# In the order of the rows, as the last of two updates of one URL has to win.
_UPSERT: Final = RowsStatement(
    """
INSERT INTO status (digest1, digest2, host, status, next_fetch, updated, url, metadata)
SELECT * FROM {rows} WHERE column1 IS NOT NULL
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
WHERE id = :id
"""  # noqa: S608


class Hold(NamedTuple):
    """No URL of `key` before `until` (seconds since the epoch)."""

    key: str
    until: float
    reason: str
    failures: int


class Prepared(NamedTuple):
    """An update, and most of its row: `identity` is the digest of its URL, `values` what comes after the host."""

    update: StatusUpdate
    identity: tuple[int, int]
    values: tuple[SqlValue, ...]


def prepare(updates: Sequence[StatusUpdate], now: float) -> list[Prepared]:
    """What can be done for `put` by the thread that has the updates, so that the writer need not: there is but one."""
    updated = now_milliseconds(now)
    return [
        Prepared(
            update,
            url_digest(update.url),
            (
                status_code(update.status),
                due_milliseconds(update.next_fetch),
                updated,
                update.url,
                as_json(update.metadata),
            ),
        )
        for update in updates
    ]


def put(connection: sqlite3.Connection, hosts: HostIds, prepared: Sequence[Prepared]) -> None:
    """Store the updates in their order."""
    ids = hosts.of(connection, [update.key for update, _, _ in prepared])
    _UPSERT.execute(connection, [(*identity, ids[update.key], *values) for update, identity, values in prepared])
    if said := [_said(each) for each in prepared if each.update.said is not None]:
        connection.executemany(_TAKE_OVER, said)
        connection.executemany(_EARLIER, [values for values in said if values["changed"] is not None])


def hold(connection: sqlite3.Connection, hosts: HostIds, holds: Sequence[Hold]) -> None:
    """Hold and release keys."""
    ids = hosts.of(connection, [hold.key for hold in holds])
    for key, until, reason, failures in holds:
        values = {"id": ids[key], "until": due_milliseconds(until), "reason": reason, "failures": failures}
        connection.execute(_HOLD, values)


def _said(prepared: Prepared) -> dict[str, SqlValue]:
    update, (digest1, digest2), _ = prepared
    changed, metadata = update.said or Said(None, {})
    return {
        "digest1": digest1,
        "digest2": digest2,
        "due": due_milliseconds(update.next_fetch),
        "changed": due_milliseconds(changed),
        "metadata": as_json(metadata),
    }
