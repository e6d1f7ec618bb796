"""`spindrift new`: the project that it makes works from the start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import spindrift as package
from tests.cli.conftest import Run


@pytest.fixture
def project(spindrift: Run, tmp_path: Path) -> Path:
    made = spindrift("new", "my-crawler")
    assert made.code == 0, made.err
    return tmp_path / "my-crawler"


def in_project(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, as a user would run it in the project's folder."""
    environment = os.environ | {"PYTHONPATH": str(Path(package.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_its_tests_pass(project: Path) -> None:
    done = in_project(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_its_workers_install_what_spindrift_needs_and_no_stranger_of_that_name(project: Path) -> None:
    lines = (project / "virtualenvs" / "hosts.txt").read_text().splitlines()
    own = (Path(package.__file__).parents[2] / "virtualenvs" / "crawl.txt").read_text().splitlines()
    needed = [line for line in lines if not line.startswith("#")]
    assert needed == [line for line in own if not line.startswith("#")]
    assert any(line.startswith("streamparse") for line in needed)
    assert not any(line.startswith("spindrift") for line in needed)


def test_its_topology_runs_and_uses_its_filter(project: Path) -> None:
    seeds = '["http://a.example/news", "http://a.example/calendar/1"]'
    done = in_project(project, "-m", "spindrift", "run", "--time", "0.5", "--json", "-o", f"seeds={seeds}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["components"]["count"]["acked"] == 1
    assert "a.example: 1" in done.stderr
    assert "http://a.example/calendar/1" in done.stderr, "it says what the filter refused"


def test_a_crawl_uses_its_filter_and_its_agent(project: Path, spindrift: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = spindrift("crawl", "http://a.example/calendar/1")
    assert done.code == 2
    assert "refused by the URL filter NoCalendars" in done.err
    assert "http.agent.name" not in done.err


@pytest.mark.parametrize(
    ("name", "agent"), [("mc2", "mc"), ("web-2-print_3", "web--print"), ("x9", "x"), ("Plain", "Plain")]
)
def test_the_agent_is_named_as_robots_txt_allows(spindrift: Run, tmp_path: Path, name: str, agent: str) -> None:
    assert spindrift("new", name).code == 0
    assert json.loads((tmp_path / name / "config.json").read_text())["envs"]["local"]["options"] == {
        "http.agent.name": agent
    }


def test_its_url_filters_refuse_what_holds_no_page(
    project: Path, spindrift: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    done = spindrift("crawl", "http://a.example/picture.png")
    assert done.code == 2
    assert "refused by the URL filter RegexURLFilter" in done.err


def test_no_placeholder_is_left(project: Path) -> None:
    files = [path for path in project.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {".gitignore", "config.json", "project.clj", "urlfilters.json", "Makefile"}
    for path in files:
        assert "$name" not in path.read_text()
        assert "$package" not in path.read_text()
        assert "PACKAGE" not in str(path.relative_to(project))
        assert path.suffix != ".template"
    assert "$(URLS)" in (project / "Makefile").read_text()


def test_a_folder_that_exists_is_left_alone(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    refused = spindrift("new", "mine")
    assert refused.code == 2
    assert "mine exists already" in refused.err
    assert list((tmp_path / "mine").iterdir()) == []


@pytest.mark.parametrize("name", ["1st", "my crawler", "class", "json", "spindrift", "..", ""])
def test_a_name_that_cannot_be_a_packages_is_refused(spindrift: Run, tmp_path: Path, name: str) -> None:
    refused = spindrift("new", name)
    assert refused.code == 2
    assert "cannot be the name of a project" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_the_project_may_be_made_elsewhere(spindrift: Run, tmp_path: Path) -> None:
    assert spindrift("new", str(tmp_path / "deep" / "mine")).code == 0
    assert (tmp_path / "deep" / "mine" / "src" / "mine" / "bolts.py").is_file()
