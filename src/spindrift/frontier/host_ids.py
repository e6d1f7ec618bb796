"""The numbers that stand for partition keys in the frontier's tables."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

from spindrift.sqlite import as_parameter
from spindrift.sqlite.digest import key_hash
from spindrift.sqlite.rows import without_nul

_ADD: Final = """
INSERT INTO hosts (key, bucket) SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
WHERE true ON CONFLICT (key) DO NOTHING
"""
_IDS: Final = """
SELECT json_group_array(json_array(asked.key, hosts.id)) FROM json_each(?) AS asked
CROSS JOIN hosts ON hosts.key = json_extract(value, '$[0]')
"""
_MAX_KNOWN: Final = 100_000
"""Keys that are remembered: some 12 MB."""


class HostIds:
    """Finds the ids of keys, and adds the keys that are new. For the writer's thread.

    What was found is remembered, as a host is never removed; but a transaction that is rolled back takes the hosts
    along that it has added: whoever rolls back has to `forget`.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, connection: sqlite3.Connection, keys: Iterable[str]) -> Mapping[str, int]:
        """Key to id, for these keys at least."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        if new:
            asked = as_parameter([(without_nul(key), key_hash(key)) for key in new])
            connection.execute(_ADD, (asked,))
            # By position, as SQLite has not every text as it was given.
            found = json.loads(connection.execute(_IDS, (asked,)).fetchone()[0])
            self._known.update((new[position], number) for position, number in found)
        return self._known

    def forget(self) -> None:
        """Remember nothing any more."""
        self._known.clear()
