"""What the embedded stores share: connections, one writer with group commit, and rows that travel as one parameter."""

from spindrift.sqlite.checkpoints import Checkpointer
from spindrift.sqlite.connection import Database
from spindrift.sqlite.rows import RowsStatement, as_json, as_parameter
from spindrift.sqlite.writer import GroupCommitWriter, OnDurable

__all__ = ["Checkpointer", "Database", "GroupCommitWriter", "OnDurable", "RowsStatement", "as_json", "as_parameter"]
