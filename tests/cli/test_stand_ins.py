"""`PATH=bin:$PATH sparse run` runs a project's topology here, with neither Storm nor Leiningen."""

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pytest

import spindrift
from spindrift.cli import stand_ins
from spindrift.errors import ConfigurationError
from spindrift.scaffold import new_project

SOURCES = Path(spindrift.__file__).parents[1]
BIN = SOURCES.parent / "bin"
VENV_BIN = Path(sys.executable).parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What streamparse's quickstart makes."""
    folder = tmp_path / "wordcount"
    with as_file(files("streamparse.bootstrap") / "project") as template:
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "config.jinja2.json").rename(folder / "config.json")
    return folder


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has, but for lein and storm, and the stand-ins first."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name not in ("lein", "storm"):
            (folder / program.name).symlink_to(program)
    monkeypatch.setenv("PATH", f"{BIN}:{VENV_BIN}:{folder}")


def run(folder: Path, *command: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """A command in a project's folder; `path` may have a real lein and storm."""
    environment = os.environ | {
        "PATH": f"{os.environ['PATH']}:{path}",
        "PYTHONPATH": str(SOURCES),
        "PYTHONWARNINGS": "ignore",
        "LEIN_ROOT": "1",
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False)


def test_sparse_run_counts_words(project: Path) -> None:
    done = run(project, "sparse", "run", "-e", "prod", "-t", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    acked = re.search(r"count_bolt +2 .*", done.stdout + done.stderr)
    assert acked, done.stdout + done.stderr


def test_sparse_run_runs_a_new_project(tmp_path: Path) -> None:
    new_project(tmp_path / "my-crawler")
    done = run(tmp_path / "my-crawler", "sparse", "run", "-n", "hosts", "-t", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "example.org: 2" in done.stderr


def test_what_sparse_run_does_not_ask_is_handed_to_the_real_program(project: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    for program in ("storm", "lein"):
        (real / program).write_text(f"#!/bin/sh\necho the real {program}: $*\n")
        (real / program).chmod(0o755)
    assert run(project, "storm", "list", path=str(real)).stdout == "the real storm: list\n"
    assert run(project, "lein", "uberjar", path=str(real)).stdout == "the real lein: uberjar\n"


@pytest.mark.parametrize("real", [True, False])
def test_the_stand_ins_of_another_project_are_passed_over(project: Path, tmp_path: Path, real: bool) -> None:
    other, last = tmp_path / "other", tmp_path / "real"
    shutil.copytree(BIN, other)
    last.mkdir()
    if real:
        (last / "storm").write_text("#!/bin/sh\necho the real storm\n")
        (last / "storm").chmod(0o755)
    done = run(project, "storm", "list", path=f"{other}:{last}")
    assert done.stdout == ("the real storm\n" if real else "")
    assert done.returncode == (0 if real else 1)


@pytest.mark.parametrize("sleep", [["--sleep"], ["--sleep", "soon"], ["--sleep", "-1"], ["--sleep", "nan"]])
def test_how_long_it_is_to_run_has_to_be_a_number(sleep: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="right is a number of seconds after --sleep"):
        stand_ins._storm(["jar", "a.jar", "org.apache.storm.flux.Flux", "--local", *sleep, "flux.yaml"])


def test_without_python_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", BIN / "storm", "version"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 127
    assert done.stderr.startswith("storm: there is no python on the PATH; activate the environment")


def test_without_the_real_program_it_says_what_it_is(project: Path) -> None:
    done = run(project, "storm", "list")
    assert done.returncode == 1
    assert "storm list: this storm only stands in for what `sparse run` asks" in done.stderr
