"""Several -c: a later file wins, key by key."""

import json
from pathlib import Path

import pytest

from spindrift.conf.layers import Layers, load_projects, resolve
from spindrift.errors import ConfigurationError
from tests.cli.conftest import Run, spindrift

__all__ = ["spindrift"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crawler-conf.yaml").write_text("config:\n  a: 1\n  b: 1\n  http.agent.name: mine\n")
    (tmp_path / "opensearch-conf.yaml").write_text("config:\n  b: 2\n  c: 2\n")
    environments = {"prod": {"options": {"c": 3}}, "test": {"options": {"c": 4}, "log": {"level": "debug"}}}
    (tmp_path / "config.json").write_text(json.dumps({"topology_specs": "mine/", "envs": environments}))
    return tmp_path


def layers(folder: Path, *files: str, env: str | None = None) -> Layers:
    project = load_projects([folder / file for file in files])
    name, environment = project.environment(env)
    return resolve(project, environment, env=name)


def test_each_key_is_that_of_the_last_file_that_has_it(folder: Path) -> None:
    found = layers(folder, "crawler-conf.yaml", "opensearch-conf.yaml")
    assert [found.conf[key] for key in "abc"] == [1, 2, 2]
    assert found.origins["a"] == f"{folder / 'crawler-conf.yaml'}, config"
    assert found.origins["b"] == f"{folder / 'opensearch-conf.yaml'}, config"
    assert [layers(folder, "opensearch-conf.yaml", "crawler-conf.yaml").conf[key] for key in "abc"] == [1, 1, 2]


def test_what_yaml_says_holds_in_every_environment(folder: Path) -> None:
    files = ("crawler-conf.yaml", "config.json", "opensearch-conf.yaml")
    assert [layers(folder, *files[:2], env="test").conf[key] for key in "abc"] == [1, 1, 4]
    found = layers(folder, *files, env="test")
    assert [found.conf[key] for key in "abc"] == [1, 2, 2]
    assert found.conf["pystorm.log.level"] == "debug"
    assert layers(folder, *files[:2], env="prod").origins["c"] == f"{folder / 'config.json'}, envs/prod/options"
    assert load_projects([folder / file for file in files]).config["topology_specs"] == "mine/"
    with pytest.raises(ConfigurationError, match=r"which environment.*prod, test"):
        layers(folder, *files)


@pytest.mark.parametrize("empty", ["{}", '{"envs": {}}'])
def test_what_yaml_says_holds_beside_a_config_without_environments(folder: Path, empty: str) -> None:
    (folder / "empty.json").write_text(empty)
    for files in (("empty.json", "opensearch-conf.yaml"), ("opensearch-conf.yaml", "empty.json")):
        found = layers(folder, *files)
        assert (found.conf["b"], found.origins["b"]) == (2, f"{folder / 'opensearch-conf.yaml'}, config")


def test_what_stands_beside_the_options_has_the_origin_of_its_file(folder: Path) -> None:
    environment = {"options": {}, "log": {"file": "a.log"}, "log_path": "logs", "use_virtualenv": False}
    (folder / "later.json").write_text(json.dumps({"envs": {"test": environment}}))
    for first in ("crawler-conf.yaml", "config.json"):
        found = layers(folder, first, "config.json", "later.json", env="test")
        assert found.conf["pystorm.log.level"] == "debug"
        assert found.origins["pystorm.log.level"] == f"{folder / 'config.json'}, envs/test/log"
        assert found.origins["pystorm.log.file"] == f"{folder / 'later.json'}, envs/test/log"
        assert found.origins["pystorm.log.path"] == f"{folder / 'later.json'}, envs/test"
        assert found.origins["use_virtualenv"] == f"{folder / 'later.json'}, envs/test"


def test_commands_take_several(folder: Path, spindrift: Run) -> None:
    (folder / "later.yaml").write_text("config:\n  fetcher.server.delay: 7\n")
    shown = spindrift("conf", "--changed", "--json", "-c", "crawler-conf.yaml", "-c", "later.yaml")
    assert shown.code == 0, shown.err
    found = {entry["name"]: entry for entry in json.loads(shown.out)}
    assert found["fetcher.server.delay"]["value"] == "7s"
    assert found["fetcher.server.delay"]["origin"] == "later.yaml, config"
    assert found["http.agent.name"]["origin"] == "crawler-conf.yaml, config"
