"""A project of `spindrift new` on Storm: workers have third-party packages alone, spindrift is in the JAR."""

import json
from pathlib import Path

import pytest

from spindrift.scaffold import new_project
from spindrift.services.running import RunningService
from tests.real.cluster import ENVIRONMENT, Project, remove_artifacts

pytestmark = pytest.mark.timeout(300)


def test_it_runs_from_the_jar_of_spindrift_jar(storm: RunningService, tmp_path: Path) -> None:
    new_project(tmp_path / "words")
    workers = Project(tmp_path / "workers", storm, {"topology.workers": 1})
    made = tmp_path / "words" / "config.json"
    config = json.loads(made.read_text())
    config["envs"][ENVIRONMENT] = json.loads((workers.folder / "config.json").read_text())["envs"][ENVIRONMENT]
    made.write_text(json.dumps(config))
    remove_artifacts(storm)
    workers.folder = tmp_path / "words"
    workers.jar = tmp_path / "words" / "dist" / "words.jar"
    assert not (workers.folder / "src" / "spindrift").exists()
    with workers.submitted("hosts"):
        workers.until(lambda: "example.org: 2" in workers.logs())
