"""The examples of the README are tests, and pass."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spindrift.testing import run_parse_filter

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.partition("\n## Tests of your own\n")[2].partition("\n## ")[0]
BLOCK = re.search(r"^```python\n(from my_filters .*?)^```", SECTION, re.DOTALL | re.MULTILINE)
MODULES = {
    "my_filters": r"^```python\n((?:(?!^```).)*^class NoSessions\b.*?)^```",
    "word_count": r"^```python\n((?:(?!^```).)*^class WordCount\(Topology\).*?)^```",
}
"""The blocks that stand for a user's modules."""


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """The functions of the README's block."""
    for name, pattern in MODULES.items():
        block = re.search(pattern, README, re.DOTALL | re.MULTILINE)
        assert block is not None
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)  # before its classes are made, which name it
        exec(block[1], vars(module))
    assert BLOCK is not None
    names: dict[str, Any] = {}
    exec(BLOCK[1], names)
    return names


@pytest.mark.parametrize("name", re.findall(r"^def (test_\w+)", BLOCK[1] if BLOCK else "", re.MULTILINE))
def test_an_example(examples: dict[str, Callable[[], None]], name: str) -> None:
    examples[name]()


def test_the_parse_filter() -> None:
    block = re.search(r"^```python\n(class PageLength:.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1], names)
    assert run_parse_filter(names["PageLength"], "<p>three short words").metadata["words"] == ["3"]
