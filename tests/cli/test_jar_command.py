"""`spindrift jar`: the code of any streamparse project, for a Storm cluster."""

import json
import zipfile
from pathlib import Path

import pytest

import spindrift as package
from tests.cli.conftest import Run


def test_a_new_projects_jar_holds_its_package(spindrift: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert spindrift("new", "my-crawler").code == 0
    monkeypatch.chdir(tmp_path / "my-crawler")
    done = spindrift("jar")
    assert (done.code, done.out) == (0, "dist/my-crawler.jar\n")
    with zipfile.ZipFile("dist/my-crawler.jar") as archive:
        names = archive.namelist()
    assert "resources/my_crawler/bolts.py" in names
    assert {"resources/spindrift/spouts/seeds.py", "resources/spindrift/storm/component_guard.py"} < set(names), (
        "workers need no spindrift of their own"
    )


def test_spindrift_itself_may_be_left_out(spindrift: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spindrift("new", "my-crawler")
    monkeypatch.chdir(tmp_path / "my-crawler")
    assert spindrift("jar", "--no-library", "--no-msgpack", "-o", "small.jar").code == 0
    with zipfile.ZipFile("small.jar") as archive:
        assert not any(name.startswith("resources/spindrift/") for name in archive.namelist())


def test_our_own_jar_holds_the_library_and_its_components(spindrift: Run, tmp_path: Path) -> None:
    project = Path(package.__file__).parents[2]
    done = spindrift("jar", "-c", str(project / "config.json"), "-o", "crawl.jar", "--json")
    assert done.code == 0, done.err
    with zipfile.ZipFile(tmp_path / "crawl.jar") as archive:
        names = archive.namelist()
    assert json.loads(done.out)["files"] == len(names) - 1
    for inside in ("conf/settings.py", "bolts/fetch.py", "spouts/frontier.py", "filters/url/__init__.py"):
        assert f"resources/spindrift/{inside}" in names
    assert "resources/spindrift/resources/parsefilters.json" in names, "their configuration comes along"


def test_outside_of_a_project_it_says_what_is_missing(spindrift: Run, tmp_path: Path) -> None:
    done = spindrift("jar")
    assert done.code == 2
    assert "src: there is no such folder, and so no code for a JAR" in done.err
    assert not list(tmp_path.iterdir())
