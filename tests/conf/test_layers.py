"""Layers of configuration: their order is streamparse's, their mistakes are all said at once."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from streamparse.cli.common import resolve_options

from spindrift.conf.layers import Layers, check, load_project, parse_options, resolve
from spindrift.errors import ConfigurationError

ENVIRONMENT: dict[str, Any] = {
    "options": {"a": "environment", "b": "environment", "c": "environment"},
    "log": {"path": "/logs", "level": "INFO", "max_bytes": 10, "backup_count": 2},
    "use_virtualenv": False,
    "virtualenv_root": "",
    "nimbus": "",
    "workers": [],
}


class Wired:
    config: ClassVar = {"b": "topology", "c": "topology"}


def project_of(folder: Path, config: Any) -> Path:
    path = folder / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return path


def test_environment_then_topology_then_command_line(tmp_path: Path) -> None:
    path = project_of(tmp_path, {"envs": {"prod": ENVIRONMENT}})
    project = load_project(path)
    env, environment = project.environment()
    layers = resolve(project, environment, Wired, {"c": "command line"}, env=env)
    assert [layers.conf[key] for key in "abc"] == ["environment", "topology", "command line"]
    assert layers.origins["a"] == f"{path}, envs/prod/options"
    assert layers.origins["b"] == "config of topology Wired"
    assert layers.origins["c"] == "-o"


@pytest.mark.parametrize("options", [{}, {"c": 1, "topology.debug": True}, {"pystorm.log.level": "error"}])
def test_the_same_as_streamparse_resolves(options: dict[str, Any], tmp_path: Path) -> None:
    project = load_project(project_of(tmp_path, {"envs": {"prod": ENVIRONMENT}}))
    ours = resolve(project, ENVIRONMENT, Wired, options).conf
    theirs = resolve_options(options, ENVIRONMENT, Wired, "wired", local_only=True)
    # What streamparse adds for a cluster.
    for key in ("storm.workers.list", "topology.acker.executors", "topology.workers", "sudo_user"):
        theirs.pop(key)
    assert ours == theirs


def test_option_values_are_yaml_as_for_sparse() -> None:
    given = ["a=5", "b=1.5", "c=true", "d=text", "e=[x, y]", "f=", "g=a=b", "h=*/*;q=0.8", "i='5'", "j=2026-02-30"]
    expected = {
        "a": 5,
        "b": 1.5,
        "c": True,
        "d": "text",
        "e": ["x", "y"],
        "f": None,
        "g": "a=b",
        "h": "*/*;q=0.8",
        "i": "5",
        "j": "2026-02-30",
    }
    assert parse_options(given) == (expected, [])


def test_keys_with_a_sign_of_their_own() -> None:
    options, _ = parse_options(["fetchInterval.FETCH_ERROR.isFeed=true=60"])
    assert options == {"fetchInterval.FETCH_ERROR.isFeed=true": 60}


def test_texts_are_taken_as_they_are_written() -> None:
    given = ["urlfilters.config.file=", "http.agent.version=1.0", "http.agent.email=null", "topology.workers="]
    assert parse_options(given) == (
        {
            "urlfilters.config.file": "",
            "http.agent.version": "1.0",
            "http.agent.email": None,
            "topology.workers": None,
        },
        [],
    )


def test_options_that_are_none() -> None:
    options, problems = parse_options(["topology.debug", "a=1", "=2"])
    assert options == {"a": 1}
    assert len(problems) == 2
    assert "-o topology.debug: expected key=value" in problems[0]


def test_all_wrong_values_at_once_with_key_value_origin_and_what_is_right() -> None:
    layers = Layers()
    layers.put({"fetcher.threads.number": "many", "http.timeout": "soon"}, "config.json, envs/prod/options")
    layers.put({"topology.max.spout.pending": 0, "fetcher.server.delay": "2s"}, "-o")
    problems, _ = check(layers)
    assert len(problems) == 3
    assert problems[0] == (
        "configuration key fetcher.threads.number (config.json, envs/prod/options): 'many' is not right; "
        "expected whole number, at least 1"
    )
    assert "duration such as" in problems[1]
    assert "(-o): 0 is not right" in problems[2]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("fetcher.server.dely", "fetcher.server.delay"),
        ("fetcher.Server.Delay", "fetcher.server.delay"),
        ("http.agent.nam", "http.agent.name"),
        ("topology.max.spout.pendin", "topology.max.spout.pending"),
        ("fetchinterval.default", "fetchInterval.default"),
        ("fetch.server.delay", "fetcher.server.delay"),
    ],
)
def test_an_unknown_key_is_a_warning_that_proposes_the_nearest(key: str, nearest: str) -> None:
    layers = Layers()
    layers.put({key: 1}, "-o")
    problems, warnings = check(layers)
    assert not problems
    assert warnings == [f"unknown configuration key {key} (-o); did you mean {nearest}?"]


def test_an_unknown_key_that_is_near_none() -> None:
    layers = Layers()
    layers.put({"fetcher.colour": "red"}, "-o")
    assert check(layers)[1] == ["unknown configuration key fetcher.colour (-o); see `spindrift conf` for all keys"]


@pytest.mark.parametrize("key", ["foo.bar", "colour", "topology.of.mine", "pystorm.of.mine", "storm.zookeeper.port"])
def test_keys_of_others_pass_without_a_word(key: str) -> None:
    layers = Layers()
    layers.put({key: 1}, "-o")
    assert check(layers) == ([], [])


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("fetcher.threads.start.delay", "one thread fetches all"),
        ("http.allow.redirects", "every redirect is a URL of its own"),
        ("http.protocol.versions", "HTTP/1.1 alone"),
        ("protocol.instances.num", "one instance"),
        ("urlfrontier.host", "the store of store.url"),
        ("okhttp.protocol.connection.pool", "another one"),
    ],
)
def test_a_key_of_stormcrawler_that_changes_nothing_is_told_why(key: str, why: str) -> None:
    layers = Layers()
    layers.put({key: 1}, "-o")
    problems, warnings = check(layers)
    assert (problems, len(warnings)) == ([], 1)
    assert warnings[0].startswith(f"configuration key {key} (-o) is StormCrawler's and has no effect here: ")
    assert why in warnings[0]


@pytest.mark.parametrize("key", ["topology.priority", "my.own.key", "storm.zookeeper.port", "own", "nimbus.seeds"])
def test_keys_of_storm_and_of_users_pass(key: str) -> None:
    layers = Layers()
    layers.put({key: 1}, "-o")
    assert check(layers) == ([], [])


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("{", "not JSON"),
        ([], "holds list; expected an object"),
        ({"envs": []}, "/envs: [] is not right"),
        ({"envs": {"a": {"options": 1}}, "serializer": 1}, "/serializer: 1 is not right; expected text"),
        ({"envs": {"a": {"options": 1}}}, "/envs/a/options: 1 is not right; expected an object"),
    ],
)
def test_a_config_json_that_is_wrong(config: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_project(project_of(tmp_path, config))
    assert said in str(caught.value)
    assert "config.json" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read"):
        load_project(tmp_path / "nowhere.json")


def test_an_environment_of_no_config_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"-e prod: there is no config\.json here"):
        load_project().environment("prod")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"config\.json: no environment 'prod' in envs \(there are: none\)"):
        load_project().environment("prod")


def test_no_config_json_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = load_project()
    assert project.environment() == (None, {})


def test_which_environment(tmp_path: Path) -> None:
    project = load_project(project_of(tmp_path, {"envs": {"prod": {}, "test": {}}}))
    assert project.environment("test") == ("test", {})
    with pytest.raises(ConfigurationError, match=r"which environment.*prod, test"):
        project.environment()
    with pytest.raises(ConfigurationError, match=r"no environment 'stage'.*prod, test"):
        project.environment("stage")


def test_environments_that_agree_about_what_matters_need_no_name(tmp_path: Path) -> None:
    prod = {"options": {"a": 1, "b": 2, "c": 3}, "nimbus": "there"}
    test = {"options": {"a": 1, "b": 9}, "nimbus": "here"}
    project = load_project(project_of(tmp_path, {"envs": {"prod": prod, "test": test}}))
    assert project.disputed() == ["b", "c"]
    assert project.environment(matters=lambda key: key == "a") == (None, {"options": {"a": 1}})
    with pytest.raises(ConfigurationError, match=r"which environment\? \(they differ in b, c\).*-e: prod, test"):
        project.environment(matters=lambda key: True)
    assert project.environment("test", matters=lambda key: True) == ("test", test)


def test_which_topology(tmp_path: Path) -> None:
    project = load_project(project_of(tmp_path, {"envs": {}, "topology_specs": "wiring/"}))
    folder = tmp_path / "wiring"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "one.py").touch()
    assert project.topology_file() == ("one", folder / "one.py")
    (folder / "two.py").touch()
    assert project.topology_file("two")[1] == folder / "two.py"
    with pytest.raises(ConfigurationError, match=r"which topology.*one, two"):
        project.topology_file()
    with pytest.raises(ConfigurationError, match=r"no topology 'three'.*one, two"):
        project.topology_file("three")


@pytest.mark.parametrize("name", [None, "one"])
def test_no_topologies_folder(tmp_path: Path, name: str | None) -> None:
    project = load_project(project_of(tmp_path, {"envs": {}, "topology_specs": "wiring/"}))
    with pytest.raises(
        ConfigurationError,
        match=r"wiring: there is no such folder.*`spindrift new .*`sparse quickstart .*-c$",
    ):
        project.topology_file(name)
    (tmp_path / "wiring").mkdir()
    with pytest.raises(ConfigurationError, match=r"no topology"):
        project.topology_file(name)
