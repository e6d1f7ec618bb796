"""The frontier in SQLite."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from spindrift.clock import Clock
from spindrift.frontier import sqlite_due, sqlite_writes
from spindrift.frontier.claims import CrawlLock
from spindrift.frontier.host_ids import HostIds
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.protocol import NO_KEYS, WHOLE, Claim, OnDurable, Shard
from spindrift.frontier.records import HostRecord, StatusUpdate, UrlRecord
from spindrift.frontier.sqlite_schema import TRUE_READY, now_milliseconds, seconds, status_code, status_of
from spindrift.sqlite import Database, GroupCommitWriter, as_parameter
from spindrift.sqlite.digest import url_digest
from spindrift.status import Status

_COLUMNS: Final = "status.id, url, key, status, metadata, next_fetch, updated"
_ONE: Final = f"SELECT {_COLUMNS} FROM status JOIN hosts ON hosts.id = host WHERE digest1 = ? AND digest2 = ?"  # noqa: S608
_SOME: Final = f"""
SELECT {_COLUMNS} FROM status JOIN hosts ON hosts.id = host
WHERE status.id > ? AND (? IS NULL OR status = ?) ORDER BY status.id LIMIT 2000
"""  # noqa: S608
_STATUSES: Final = """
SELECT json_group_array(json_array(asked.key, status)) FROM json_each(?) AS asked CROSS JOIN status
ON digest1 = json_extract(value, '$[0]') AND digest2 = json_extract(value, '$[1]')
"""
_BEGINNING: Final = """
SELECT url FROM status WHERE host = (SELECT id FROM hosts WHERE key = ?) AND substr(url, 1, ?) = ? ORDER BY id LIMIT ?
"""
_LARGEST: Final = f"""
SELECT id, key, held_until, reason, failures, {TRUE_READY}
FROM (SELECT host, count(*) AS urls FROM status GROUP BY host ORDER BY urls DESC, host LIMIT ?) AS largest
CROSS JOIN hosts ON hosts.id = largest.host ORDER BY urls DESC, id
"""  # noqa: S608
_WITH_URLS: Final = "SELECT count(*) FROM hosts WHERE EXISTS (SELECT 1 FROM status WHERE host = hosts.id)"
_HELD: Final = f"""
SELECT id, key, held_until, reason, failures, {TRUE_READY}
FROM hosts WHERE held_until > ? ORDER BY held_until DESC, id LIMIT ?
"""  # noqa: S608
_COUNT: Final = """
SELECT count(*) FROM (SELECT 1 FROM status WHERE host = (SELECT id FROM hosts WHERE key = ?) LIMIT ?)
"""
_KNOWN: Final = """
SELECT asked.key FROM json_each(?) AS asked CROSS JOIN status
ON digest1 = json_extract(value, '$[0]') AND digest2 = json_extract(value, '$[1]')
"""
_OF_HOST: Final = "SELECT status, count(*) FROM status WHERE host = ? GROUP BY status ORDER BY status"


class SqliteFrontier:
    """Statuses and the queue of hosts, exact under SIGKILL: leases are in the spout's memory, not here.

    Reads come from each thread's own connection and see what is committed; writes, and `due`, which moves hosts in
    the queue, go through the process's one writer. See `Frontier` for the methods.
    """

    def __init__(
        self,
        database: Database,
        writer: GroupCommitWriter | None,
        clock: Clock,
        host_limit: HostLimit | None = None,
    ) -> None:
        self._host_limit = host_limit
        self._database = database
        self._writer_or_none = writer
        self._clock = clock
        self._queue = sqlite_due.HostQueue()
        self._host_ids = HostIds()
        if writer is not None:
            writer.when_rolled_back(self._host_ids.forget)
        self._lock = CrawlLock(database.name, database.path)
        self._seen: dict[Shard, int] = {}
        """By shard: `data_version` at the last `due`. It changes with what other connections commit, not with ours."""

    def put(self, updates: Sequence[StatusUpdate], on_durable: OnDurable | None = None) -> None:
        prepared = sqlite_writes.prepare(updates, self._clock.time())
        if on_durable is None:
            self._writer.write(self._put, prepared)
        else:
            self._writer.submit(self._put, prepared, on_durable)

    def due(
        self,
        now: float,
        limit: int,
        per_key: int,
        in_flight: Mapping[str, Collection[str]],
        shard: Shard = WHOLE,
        quick: Mapping[str, int] = NO_KEYS,
    ) -> list[UrlRecord]:
        if limit <= 0:
            return []

        def take(connection: sqlite3.Connection) -> list[UrlRecord]:
            self._seen[shard] = _data_version(connection)
            return self._queue.take(connection, now, limit, per_key, in_flight, shard, quick)

        return self._writer.ask(take)

    def written_elsewhere(self, shard: Shard = WHOLE) -> bool:
        return self._writer.ask(lambda connection: self._seen.get(shard) != _data_version(connection))

    def hold(self, key: str, until: float, reason: str, failures: int, on_durable: OnDurable | None = None) -> None:
        holds = [sqlite_writes.Hold(key, until, reason, failures)]
        if on_durable is None:
            self._writer.write(self._hold, holds)
        else:
            self._writer.submit(self._hold, holds, on_durable)

    def pause(self, key: str, until: float, on_durable: OnDurable | None = None) -> None:
        pauses = [(key, until)]
        if on_durable is None:
            self._writer.write(sqlite_writes.pause, pauses)
        else:
            self._writer.submit(sqlite_writes.pause, pauses, on_durable)

    def claim(self, shard: Shard = WHOLE) -> Claim:
        claim = self._lock.acquire(shard)
        if self._writer_or_none is not None:
            try:
                self._writer.write(self._resume, [self._clock.time()])
            except BaseException:
                claim.release()
                raise
        return claim

    def is_being_crawled(self) -> bool:
        return self._lock.is_held()

    def get(self, url: str) -> UrlRecord | None:
        row = self._reader.execute(_ONE, url_digest(url)).fetchone()
        return None if row is None else _record(row)

    def beginning(self, prefix: str, key: str, limit: int) -> list[str]:
        rows = self._reader.execute(_BEGINNING, (key, len(prefix), prefix, limit))
        return [url for (url,) in rows]

    def statuses(self, urls: Sequence[str]) -> dict[str, Status]:
        digests = as_parameter([url_digest(url) for url in urls])
        rows = json.loads(self._reader.execute(_STATUSES, (digests,)).fetchone()[0])
        return {urls[position]: status_of(code) for position, code in rows}

    def count_by_status(self) -> dict[str, int]:
        counts = dict(self._reader.execute("SELECT status, urls FROM counts"))
        return {status.value: counts.get(status_code(status), 0) for status in Status}

    def count_hosts(self) -> int:
        return int(self._reader.execute(_WITH_URLS).fetchone()[0])

    def hosts(self, limit: int, held_only: bool = False, now: float | None = None) -> list[HostRecord]:
        if held_only:
            moment = now_milliseconds(self._clock.time() if now is None else now)
            rows = self._reader.execute(_HELD, (moment, limit)).fetchall()
        else:
            rows = self._reader.execute(_LARGEST, (limit,)).fetchall()
        return [self._host(*row) for row in rows]

    def next_due(self, now: float) -> float | None:
        return sqlite_due.next_due(self._reader, now)

    def records(self, status: Status | None = None) -> Iterator[UrlRecord]:
        code = None if status is None else status_code(status)
        last = 0
        # In parts, as one long read would keep the write-ahead log from being folded back.
        while rows := self._reader.execute(_SOME, (last, code, code)).fetchall():
            yield from map(_record, rows)
            last = rows[-1][0]

    def _put(self, connection: sqlite3.Connection, prepared: list[sqlite_writes.Prepared]) -> None:
        if self._host_limit is not None:
            refused = self._host_limit.refused(_KnownUrls(connection), [each.update for each in prepared])
            prepared = [each for each in prepared if not refused(each.update)]
        sqlite_writes.put(connection, self._host_ids, prepared)

    def _hold(self, connection: sqlite3.Connection, holds: list[sqlite_writes.Hold]) -> None:
        sqlite_writes.hold(connection, self._host_ids, holds)

    def _resume(self, connection: sqlite3.Connection, moments: list[float]) -> None:
        sqlite_writes.resume(connection, self._host_ids, max(moments))

    def _host(
        self, host: int, key: str, held_until: int, reason: str, failures: int, ready_at: int | None
    ) -> HostRecord:
        by_status = {status_of(code).value: n for code, n in self._reader.execute(_OF_HOST, (host,))}
        held = seconds(held_until) if held_until else None
        return HostRecord(key, sum(by_status.values()), by_status, seconds(ready_at), held, reason, failures)

    @property
    def _writer(self) -> GroupCommitWriter:
        if self._writer_or_none is None:
            raise self._database.read_only_error()
        return self._writer_or_none

    @property
    def _reader(self) -> sqlite3.Connection:
        return self._database.reader()


class _KnownUrls:
    """See spindrift.frontier.host_limit.Lookup; within a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, key: str, most: int) -> int:
        return int(self._connection.execute(_COUNT, (key, most)).fetchone()[0])

    def known(self, urls: Sequence[str]) -> set[str]:
        asked = as_parameter([url_digest(url) for url in urls])
        return {urls[position] for (position,) in self._connection.execute(_KNOWN, (asked,))}


def _data_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


def _record(row: tuple[Any, ...]) -> UrlRecord:
    _id, url, key, status, metadata, next_fetch, updated = row
    return UrlRecord(url, key, status_of(status), json.loads(metadata), seconds(next_fetch), updated / 1000)
