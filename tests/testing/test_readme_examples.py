"""The examples of the README are tests, and pass."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spindrift.testing import run_parse_filter
from tests.testing import test_run_filters, word_components

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCK = re.search(r"^## Tests of your own\n.*?^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """The functions of the README's block."""
    for name, members in (("my_filters", test_run_filters), ("word_count", word_components)):
        module = ModuleType(name)
        vars(module).update(vars(members))
        monkeypatch.setitem(sys.modules, name, module)
    assert BLOCK is not None
    names: dict[str, Any] = {}
    above = README[: BLOCK.start(1)].count("\n")
    exec(compile("\n" * above + BLOCK[1], "README.md", "exec"), names)
    return names


@pytest.mark.parametrize("name", re.findall(r"^def (test_\w+)", BLOCK[1] if BLOCK else "", re.MULTILINE))
def test_an_example(examples: dict[str, Callable[[], None]], name: str) -> None:
    examples[name]()


def test_the_parse_filter() -> None:
    block = re.search(r"^```python\n(class WordCount:.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1], names)
    assert run_parse_filter(names["WordCount"], "<p>three short words").metadata["words"] == ["3"]
