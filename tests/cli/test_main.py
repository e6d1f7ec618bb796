"""The command line as a whole."""

import pytest

from spindrift import __version__
from spindrift.cli.commands import COMMANDS
from tests.cli.conftest import Run


def test_version(spindrift: Run) -> None:
    assert spindrift("--version").out == f"spindrift {__version__}\n"


def test_help_lists_every_command(spindrift: Run) -> None:
    out = spindrift("--help").out
    assert all(f" {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(spindrift: Run, name: str) -> None:
    outcome = spindrift(name, "--help")
    assert outcome.code == 0
    assert "Example" in outcome.out
    assert f"spindrift {name}" in outcome.out


def test_an_unknown_command_is_wrong_usage(spindrift: Run) -> None:
    outcome = spindrift("crawll")
    assert outcome.code == 2
    assert "No such command" in outcome.err
