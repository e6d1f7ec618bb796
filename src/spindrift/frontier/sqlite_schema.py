"""Tables of the frontier in SQLite, and how values are stored in them."""

import math
from typing import Final

from spindrift.status import Status

# What follows from the rows of status in counts and hosts.ready_at is seen to by sqlite_bookkeeping, a batch at a time.
# Triggers would do it a row at a time, and had SQLite keep a journal of each statement, as NOT NULL would for a column
# that an upsert changes: two fifths of the instructions for a row. Stores of schema 1 have these triggers.
#
# hosts.ready_at is the host's place in the queue. It is never after the moment at which the host's earliest URL may be
# fetched, so that a crawl killed at any moment leaves no URL behind. It may be before: `due` then puts it right.
# status_due holds the status too, so that hosts are counted without reading the rows.
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS hosts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  bucket INTEGER NOT NULL,              -- hash of the key: which spout task takes it
  ready_at INTEGER,                     -- ms; NULL: nothing will be due
  held_until INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  failures INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS hosts_ready ON hosts (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS hosts_held ON hosts (held_until) WHERE held_until > 0;

CREATE TABLE IF NOT EXISTS status (
  id INTEGER PRIMARY KEY,
  digest1 INTEGER NOT NULL,
  digest2 INTEGER NOT NULL,
  host INTEGER,
  status INTEGER,
  next_fetch INTEGER,                   -- ms; NULL: never
  updated INTEGER,                      -- ms
  url TEXT NOT NULL,
  metadata TEXT                         -- JSON object of lists
);
CREATE UNIQUE INDEX IF NOT EXISTS status_digest ON status (digest1, digest2);
CREATE INDEX IF NOT EXISTS status_due ON status (host, next_fetch, status);

CREATE TABLE IF NOT EXISTS pauses (     -- of the crawl that is running: holds for the next one
  key TEXT PRIMARY KEY,
  until INTEGER NOT NULL                -- ms
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS counts (status INTEGER PRIMARY KEY, urls INTEGER NOT NULL);
INSERT INTO counts (status, urls) VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0) ON CONFLICT DO NOTHING;

DROP TRIGGER IF EXISTS status_added;
DROP TRIGGER IF EXISTS status_changed;
DROP TRIGGER IF EXISTS status_earlier;
"""

# When the host's earliest URL may be fetched, in terms of a row of hosts.
TRUE_READY: Final = """max(held_until, (SELECT next_fetch FROM status
  WHERE host = hosts.id AND next_fetch IS NOT NULL ORDER BY next_fetch LIMIT 1))"""

_FUZZ: Final = 0.001  # milliseconds: 1.1 * 1000 is not 1100
_STATUSES: Final = tuple(Status)
_CODES: Final = {status: code for code, status in enumerate(_STATUSES)}


def status_code(status: Status) -> int:
    """The number that stands for `status`; DISCOVERED is 0."""
    return _CODES[status]


def status_of(code: int) -> Status:
    """The status that a number stands for."""
    return _STATUSES[code]


def due_milliseconds(seconds: float | None) -> int | None:
    """Rounded up, as nothing may be fetched before its time."""
    return None if seconds is None else math.ceil(seconds * 1000 - _FUZZ)


def now_milliseconds(seconds: float) -> int:
    """Rounded down, for the same reason."""
    return math.floor(seconds * 1000 + _FUZZ)


def seconds(milliseconds: int | None) -> float | None:
    """The inverse."""
    return None if milliseconds is None else milliseconds / 1000
