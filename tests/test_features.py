"""docs/features.md names tests that are there, and keys and files as well."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from spindrift.conf import KEYS

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs" / "features.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| feature |")
]


@cache
def named_in(file: Path) -> set[str]:
    """Those of a file, as pytest names them: `test_one`, `TestSome::test_another`."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(f"{node.name}::{each.name}" if isinstance(node, ast.ClassDef) else each.name)
    return found


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_table_is_read() -> None:
    assert len(ROWS) > 100
    assert {len(row) for row in ROWS} == {3}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_feature_names_tests_that_are_there(row: list[str]) -> None:
    names = quoted(row[2])
    assert names, "no test shows it"
    for name in names:
        file, _, test = name.partition("::")
        assert (ROOT / file).is_file(), name
        assert test in named_in(ROOT / file), name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_feature_is_where_it_is_said_to_be(row: list[str]) -> None:
    keys = [name for name in quoted(row[1].partition("metadata ")[0]) if re.fullmatch(r"[a-z]+(\.[a-zA-Z]+)+", name)]
    for name in quoted(row[1]):
        if "/" in name:
            assert (ROOT / name).exists(), name
    for name in keys:
        place = ROOT / "src" / name.replace(".", "/")
        assert name in KEYS or place.is_dir() or place.with_suffix(".py").is_file(), name
