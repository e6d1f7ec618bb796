"""What follows from the rows that a batch puts: how many URLs have which status, and when their hosts are ready."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Final

from spindrift.frontier.sqlite_schema import TRUE_READY
from spindrift.sqlite import RowsStatement, as_json
from spindrift.status import Status

Digest = tuple[int, int]

_LAST: Final = "SELECT coalesce(max(id), 0) FROM status"
_CODES: Final = range(len(Status))
_BEFORE: Final = RowsStatement(
    f"SELECT {', '.join(f'coalesce(sum(status = {code}), 0)' for code in _CODES)} "  # noqa: S608
    "FROM ({rows}) CROSS JOIN status ON digest1 = column1 AND digest2 = column2",
    columns=2,
)
_COUNT: Final = "UPDATE counts SET urls = urls + json_extract(?, '$[' || status || ']')"
_ENQUEUE: Final = RowsStatement(
    f"UPDATE hosts SET ready_at = {TRUE_READY} FROM ({{rows}}) "  # noqa: S608
    "WHERE id = column1 AND (ready_at IS NULL OR ready_at > max(column2, held_until)) "
    f"AND ready_at IS NOT {TRUE_READY}",
    columns=2,
)


class Counting:
    """Keeps the table `counts` right: made before the rows of a batch are put, `finish`ed after."""

    def __init__(self, connection: sqlite3.Connection, changed: Mapping[Digest, int]) -> None:
        """`changed`: the statuses (codes) that the batch gives to URLs, whatever they had; not those discovered."""
        self._connection = connection
        self._last = self._last_id()
        parts = _BEFORE.fetch(connection, list(changed))
        before = [sum(part[code] for part in parts) for code in _CODES]
        after = Counter(changed.values())
        self._more = [after[code] - before[code] for code in _CODES]
        self._new = len(changed) - sum(before)

    def finish(self) -> None:
        # Rows are never deleted: so many were added, and those that are not among the changed ones were discovered.
        self._more[0] += self._last_id() - self._last - self._new
        self._connection.execute(_COUNT, (as_json(self._more),))

    def _last_id(self) -> int:
        last: int = self._connection.execute(_LAST).fetchone()[0]
        return last


def enqueue(connection: sqlite3.Connection, earliest: Mapping[int, int]) -> None:
    """Give hosts (ids) a place in the queue that is not after the time (ms) that a URL which was put may be due."""
    _ENQUEUE.execute(connection, list(earliest.items()))
