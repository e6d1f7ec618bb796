"""Text from the web must not steer a terminal."""

import io
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.cli.output import Trimmed, clean, program, shown, stdout


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b31mred", "31mred"),
        ("two\nlines\tand\rmore", "two lines and more"),
        ("line\u2028break", "line break"),
        ("abc\u202edef\u2066", "abcdef"),
        ("zero\u200bwidth", "zerowidth"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("lone \ud800 surrogate", "lone  surrogate"),
    ],
)
def test_cleaned(text: str, safe: str) -> None:
    assert clean(text) == safe


@given(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    cleaned = clean(text)
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean(cleaned) == cleaned


def test_markup_is_text() -> None:
    assert shown("[bold]x[/bold]").plain == "[bold]x[/bold]"


def test_lines_in_pipes_do_not_end_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    stdout().print("a  \n\n  b ", end="")
    stdout().print("c ")
    assert capsys.readouterr().out == "a\n\n  b c\n"


def test_boxes_are_drawn_in_the_encoding_of_the_stream() -> None:
    assert Trimmed(io.TextIOWrapper(io.BytesIO(), encoding="ascii")).encoding == "ascii"


def test_a_command_to_type_is_one_that_a_shell_finds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / ".venv" / "bin" / "spindrift"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(script.with_name("python")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert program() == ".venv/bin/spindrift"
    monkeypatch.chdir("/")
    assert program() == str(script)
    monkeypatch.setenv("PATH", str(script.parent))
    assert program() == "spindrift"
