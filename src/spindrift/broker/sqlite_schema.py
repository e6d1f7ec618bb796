"""The tables of the embedded broker. Their names leave room for those of a store in the same file."""

import sqlite3
from typing import Final

from spindrift.sqlite.database import APPLICATION_ID

OFFSET_BITS: Final = 40
"""A position is the number of the partition and, in the lower bits, an offset: the rows of a partition lie together."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS topic_partitions (
  id INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  number INTEGER NOT NULL,
  next INTEGER NOT NULL DEFAULT 0,   -- offset of the next message
  bytes INTEGER NOT NULL DEFAULT 0,  -- of all its batches
  UNIQUE (topic, number)
);
-- Messages lie in batches, as in Kafka: a row a message would cost a step of a statement each (see sqlite/rows.py).
CREATE TABLE IF NOT EXISTS topic_batches (
  position INTEGER PRIMARY KEY,      -- partition, and offset of the last message
  first INTEGER NOT NULL,            -- offset of the first
  newest REAL NOT NULL,              -- time stamp, which its writer may have given
  written REAL NOT NULL,             -- when, in seconds since the epoch
  bytes INTEGER NOT NULL,
  messages BLOB NOT NULL             -- MessagePack: [[timestamp in ms, key, value, headers], ...]
);
CREATE TABLE IF NOT EXISTS topic_members (
  grp TEXT NOT NULL,
  member TEXT NOT NULL,
  partitions TEXT NOT NULL,          -- JSON: ids, by topic
  expires REAL NOT NULL,
  PRIMARY KEY (grp, member)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS topic_leases (
  grp TEXT NOT NULL,
  partition INTEGER NOT NULL,
  member TEXT NOT NULL,
  PRIMARY KEY (grp, partition)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS topic_offsets (
  grp TEXT NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,           -- everything below it is finished
  PRIMARY KEY (grp, partition)
) WITHOUT ROWID;
"""


def create_tables(connection: sqlite3.Connection) -> None:
    """Make those that are missing, and mark the file as spindrift's; its version is the store's, if there is one."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'topic_offsets'").fetchone() is None:
        connection.executescript(f"BEGIN IMMEDIATE;\n{_SCHEMA}\nPRAGMA application_id={APPLICATION_ID};\nCOMMIT;")


def position(partition: int, offset: int) -> int:
    """Where a message lies."""
    return partition << OFFSET_BITS | offset
