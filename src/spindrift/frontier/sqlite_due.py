"""Which URLs are due: the queue of the hosts, in SQLite."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, Final

from spindrift.frontier.protocol import Shard
from spindrift.frontier.records import UrlRecord
from spindrift.frontier.sqlite_schema import TRUE_READY, now_milliseconds, status_of
from spindrift.sqlite import as_parameter
from spindrift.sqlite.digest import url_digest

# One statement for the whole batch (see spindrift.sqlite.rows): the ready hosts in the order of the queue, then of each
# its earliest due URLs, found in the index alone; then first all hosts' first URLs, then their second ones; and only
# the rows of those that are given are read. Returns [[examined hosts], [rows]].
_DUE: Final = """
WITH taken AS MATERIALIZED (
  SELECT status.id FROM json_each(:in_flight) JOIN status
    ON digest1 = json_extract(value, '$[0]') AND digest2 = json_extract(value, '$[1]')),
busy AS MATERIALIZED (
  SELECT hosts.id AS id, json_extract(value, '$[1]') AS urls FROM json_each(:busy) JOIN hosts
    ON hosts.key = json_extract(value, '$[0]')),
ready AS MATERIALIZED (
  SELECT id, key, ready_at FROM hosts
  WHERE ready_at <= :horizon AND held_until <= :now AND (:shards = 1 OR bucket % :shards = :shard)
    AND id NOT IN (SELECT id FROM busy WHERE urls >= :per_key)
  ORDER BY ready_at, id LIMIT :limit),
due AS MATERIALIZED (
  SELECT ready.id AS host, ready.key AS key, ready.ready_at AS place, pick.key AS turn, pick.value AS id
  FROM ready CROSS JOIN json_each((
    SELECT json_group_array(id) FROM (
      SELECT id FROM status
      WHERE host = ready.id AND next_fetch <= :now AND id NOT IN (SELECT id FROM taken)
      ORDER BY next_fetch LIMIT :per_key))) AS pick
  WHERE pick.key < :per_key - coalesce((SELECT max(urls, 0) FROM busy WHERE busy.id = ready.id), 0)
  ORDER BY turn, place, host LIMIT :limit)
SELECT
  (SELECT json_group_array(id) FROM ready),
  (SELECT json_group_array(json_array(url, key, status, metadata, next_fetch, updated)) FROM (
    SELECT url, key, status, metadata, next_fetch, updated FROM due CROSS JOIN status ON status.id = due.id
    ORDER BY turn, place, due.host))
"""

# To the end of the queue where something is still due (or in flight: it may fail and be due again), otherwise to the
# time of the next URL.
_TO_THE_END: Final = f"""
UPDATE hosts SET ready_at = CASE WHEN {TRUE_READY} <= :now THEN :turn ELSE {TRUE_READY} END
WHERE id IN (SELECT value FROM json_each(:examined))
"""  # noqa: S608

# Places that are too late: turns that were taken by a clock that was ahead of this one.
_REPAIR: Final = f"""
UPDATE hosts SET ready_at = {TRUE_READY} WHERE (ready_at IS NULL OR ready_at > ?) AND ready_at IS NOT {TRUE_READY}
"""  # noqa: S608

_QUEUE: Final = f"SELECT ready_at, {TRUE_READY} FROM hosts WHERE ready_at IS NOT NULL ORDER BY ready_at"  # noqa: S608


class HostQueue:
    """Takes due URLs from hosts in turn. Not thread-safe: used in the writer's transactions only."""

    def __init__(self) -> None:
        self._turn = 0

    def take(
        self,
        connection: sqlite3.Connection,
        now: float,
        limit: int,
        per_key: int,
        in_flight: Mapping[str, Collection[str]],
        shard: Shard,
        quick: Mapping[str, int],
    ) -> list[UrlRecord]:
        """See `Frontier.due`."""
        now_ms = now_milliseconds(now)
        if not self._turn:
            connection.execute(_REPAIR, (now_ms,))
        # Hosts that were served get a place behind all others, even if the clock stands still between two calls.
        self._turn = max(now_ms, self._turn) + 1
        values = {
            "now": now_ms,
            "horizon": self._turn - 1,
            "turn": self._turn,
            "per_key": per_key,
            "shard": shard.index,
            "shards": shard.count,
            "in_flight": as_parameter([url_digest(url) for urls in in_flight.values() for url in urls]),
            "busy": as_parameter([(key, len(urls) - quick.get(key, 0)) for key, urls in in_flight.items()]),
        }
        records: list[UrlRecord] = []
        while (wanted := limit - len(records)) > 0:
            examined, rows = connection.execute(_DUE, values | {"limit": wanted}).fetchone()
            records.extend(map(_record, json.loads(rows)))
            connection.execute(_TO_THE_END, values | {"examined": examined})
            if len(json.loads(examined)) < wanted:
                break
            # All had a turn, or had nothing: those are now behind the horizon, and the next ones come.
        return records


def next_due(connection: sqlite3.Connection, now: float) -> float | None:
    """See `Frontier.next_due`."""
    now_ms = now_milliseconds(now)
    earliest: int | None = None
    for place, ready in connection.execute(_QUEUE):
        if earliest is not None and (earliest <= now_ms or place >= earliest):
            break  # a place in the queue is never too late: none of the rest is earlier
        if ready is not None and (earliest is None or ready < earliest):
            earliest = ready
    return None if earliest is None else earliest / 1000


def _record(row: list[Any]) -> UrlRecord:
    url, key, status, metadata, next_fetch, updated = row
    return UrlRecord(url, key, status_of(status), json.loads(metadata), next_fetch / 1000, updated / 1000)
