"""What the embedded stores share: connections, one writer with group commit, and rows that travel as one parameter."""

from spindrift.sqlite.checkpoints import Checkpointer
from spindrift.sqlite.database import Database
from spindrift.sqlite.file import FileDatabase
from spindrift.sqlite.memory import MemoryDatabase
from spindrift.sqlite.rows import RowsStatement, as_json, as_parameter
from spindrift.sqlite.writer import GroupCommitWriter
from spindrift.submissions import OnDurable

__all__ = [
    "Checkpointer",
    "Database",
    "FileDatabase",
    "GroupCommitWriter",
    "MemoryDatabase",
    "OnDurable",
    "RowsStatement",
    "as_json",
    "as_parameter",
]
