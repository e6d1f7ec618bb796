"""What `--help` prints: filled paragraphs, examples as they stand, nothing at the ends of lines."""

import json
import re
from pathlib import Path

import pytest

import spindrift as package
from spindrift.cli.commands import COMMANDS
from spindrift.cli.help_text import unbroken
from tests.cli.conftest import Run

WIDTHS = (80, 120)


def test_prose_is_joined_and_examples_are_not() -> None:
    text = "One\ntwo.\n\nExamples:\n  a b\n  c\n\nThree\nfour.\n\n\b\nas it\nstands\n\n  indented\n  too"
    assert unbroken(text) == "One two.\n\nExamples:\n  a b\n  c\n\nThree four.\n\nas it\nstands\n\n  indented\n  too"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*COMMANDS, None])
def test_no_line_is_too_long_or_ends_in_blanks(
    name: str | None, width: int, spindrift: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = spindrift(*([name] if name else []), "--help").out.splitlines()
    assert [line for line in lines if len(line) > width or line != line.rstrip()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_its_exit_codes(name: str, spindrift: Run) -> None:
    assert "Exit code" in spindrift(name, "--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_not_wrapped(name: str, spindrift: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def indented(width: int) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        return [line for line in spindrift(name, "--help").out.splitlines() if line.startswith("   ")]

    assert indented(80) == indented(200) != []


def test_examples_name_what_a_new_project_has(spindrift: Run) -> None:
    spindrift("new", "mine")
    topologies = {"crawl", *(file.stem for file in Path("mine/topologies").glob("*.py"))}
    environments = set(json.loads(Path("mine/config.json").read_text())["envs"])
    for command in COMMANDS:
        shown = spindrift(command, "--help").out
        assert set(re.findall(r"spindrift .* -n (\w+)", shown)) <= topologies, command
        assert set(re.findall(r"spindrift .* -e (\w+)", shown)) <= environments, command


def test_topologies_say_how_they_are_run() -> None:
    found = 0
    for file in (Path(package.__file__).parent / "topologies").glob("*.py"):
        for command in re.findall(r"`spindrift run ([^`]*)`", file.read_text()):
            found += 1
            assert command.startswith(f"-n {file.stem}"), file
    assert found


def test_the_example_of_filter_is_true(spindrift: Run) -> None:
    asked = [line for line in spindrift("filter", "--help").out.splitlines() if line.startswith('   {"url"')]
    questions = [line for line in asked if "result" not in line]
    answered = spindrift("filter", said="\n".join(questions)).out.splitlines()
    assert [json.loads(line) for line in answered] == [json.loads(line) for line in asked if "result" in line]
