"""Many rows in one step of one statement."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.sqlite import RowsStatement

INSERT = RowsStatement("INSERT INTO t SELECT column1, column2 FROM ({rows}) WHERE column1 IS NOT NULL", columns=2)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        connection.execute("CREATE TABLE t (number INTEGER, text TEXT)")
        yield connection
    connection.close()


@given(count=st.integers(0, 1600))
def test_any_number_of_rows_arrives_in_order(count: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (number INTEGER, text TEXT)")
    rows = [(number, str(number)) for number in range(count)]
    INSERT.execute(connection, rows)
    assert connection.execute("SELECT * FROM t ORDER BY rowid").fetchall() == rows
    connection.close()


def test_few_shapes_of_the_statement_serve_all_sizes(connection: sqlite3.Connection) -> None:
    seen: set[str] = set()
    connection.set_trace_callback(lambda sql: seen.add(str(sql.count("),"))))
    for count in range(1, 600):
        INSERT.execute(connection, [(number, None) for number in range(count)])
    assert len(seen) <= 10


def test_values_keep_their_types_and_nulls(connection: sqlite3.Connection) -> None:
    INSERT.execute(connection, [(1, None), (-(2**63), "ü\0x"), (2**63 - 1, "")])
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, None), (-(2**63), "ü\0x"), (2**63 - 1, "")]


def test_what_utf8_cannot_hold_becomes_a_question_mark_and_the_other_rows_stay(connection: sqlite3.Connection) -> None:
    INSERT.execute(connection, [(1, "whole"), (2, "half \ud800"), (3, "whole")])
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, "whole"), (2, "half ?"), (3, "whole")]
