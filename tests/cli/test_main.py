"""The command line as a whole."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from spindrift import __version__
from spindrift.cli.commands import COMMANDS
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.store import open_store
from tests.cli.conftest import Run
from tests.frontier.contract import discovered


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


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["conf"], ["conf", "--json"]])
def test_a_pipe_that_nobody_reads_any_more_is_no_error(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "spindrift.cli.main", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (1, b"")


def test_an_unknown_command_is_wrong_usage(spindrift: Run) -> None:
    outcome = spindrift("crwal")
    assert outcome.code == 2
    assert "No such command 'crwal'; did you mean \"crawl\"?" in outcome.err


@pytest.mark.parametrize("arguments", [("search", "x", "--since", "yesterday"), ("export", "--what", "status")])
def test_a_wrong_value_is_told_without_the_library_s_words(spindrift: Run, arguments: tuple[str, ...]) -> None:
    outcome = spindrift(*arguments)
    assert outcome.code == 2
    assert f"'{arguments[-1]}'" in outcome.err
    assert "Value error" not in outcome.err


def test_an_output_that_takes_no_more_is_told_in_a_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        store.frontier.put([discovered("http://a.example/")])
    command = [sys.executable, "-m", "spindrift", "export", "--what", "statuses", "--store", f"{tmp_path}/crawl.db"]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "error: the output could not be written: No space left on device\n")


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", ">&- 2>&-", "<&-"])
def test_a_crawl_does_not_end_for_want_of_somebody_to_tell(closed: str, tmp_path: Path) -> None:
    with GeneratedWeb(hosts=1, pages=3) as web:
        arguments = [web.seeds[0], "--store", f"{tmp_path}/crawl.db", "-o", "http.agent.name=a", "--json"]
        arguments += ["-o", "fetcher.server.delay=0", "--max-pages", "3"]
        command = shlex.join([sys.executable, "-m", "spindrift", "crawl", *arguments])
        ran = subprocess.run(["sh", "-c", f"{command} {closed}"], stdout=subprocess.PIPE, timeout=60, check=False)
    assert ran.returncode == 0
    assert ">&- 2" in closed or json.loads(ran.stdout)["pages"] == 3
    with open_store(f"sqlite:///{tmp_path}/crawl.db", read_only=True) as store:
        assert store.frontier.count_by_status()["FETCHED"] == 3


@pytest.mark.parametrize("command", [["crawl", "http://a.example/{}"], ["status", "--store", "{}"], ["replay", "{}"]])
def test_names_that_are_too_long_for_files_are_told_in_a_line(command: list[str], spindrift: Run) -> None:
    outcome = spindrift(*[part.format("a" * 5000) for part in command])
    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
