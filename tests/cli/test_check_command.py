"""`spindrift check`: all mistakes of configuration and filter files."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

RIGHT: dict[str, Any] = {
    "config": {"envs": {"prod": {"options": {"fetcher.server.delay": "2s", "http.agent.name": "a"}}}},
    "url": {"any.name.URLFilters": [{"class": "MaxDepthFilter", "params": {"maxDepth": 3}}]},
    "parse": {"x.ParseFilters": [{"class": "DomainParseFilter"}], "y": 1},
}


def write(folder: Path, name: str, value: Any) -> str:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return name


def test_what_a_file_is_its_content_says(spindrift: Run, tmp_path: Path) -> None:
    files = [write(tmp_path, f"{name}.txt", RIGHT[name]) for name in ("config", "url")]
    outcome = spindrift("check", *files)
    assert outcome.code == 0
    assert outcome.out.splitlines() == ["config.txt: right, 2 options", "url.txt: right, 1 filter"]


def test_all_mistakes_of_all_files_are_told(spindrift: Run, tmp_path: Path) -> None:
    conf = {
        "envs": {"a": {"options": {"fetcher.server.delay": "soon"}}, "b": {"options": {"fetcher.threads.number": 0}}}
    }
    filters = {"x.URLFilters": [{"class": "MaxDepthFilter", "params": {"maxDeep": 3}}, {"class": "NoSuch"}]}
    outcome = spindrift("check", write(tmp_path, "c.json", conf), write(tmp_path, "f.json", filters))
    assert outcome.code == 2
    for words in ("envs/a/options", "'soon'", "envs/b/options", 'did you mean "maxDepth"', 'no filter "NoSuch"'):
        assert words in outcome.out
    assert outcome.out.count("error: ") == 4


def test_what_looks_like_a_slip_is_a_warning(spindrift: Run, tmp_path: Path) -> None:
    conf = {"envs": {"a": {"options": {"fetcher.server.dellay": "1s"}}}}
    outcome = spindrift("check", write(tmp_path, "c.json", conf))
    assert outcome.code == 0
    assert "did you mean fetcher.server.delay?" in outcome.out


def test_what_a_crawl_has_to_be_told_besides_is_a_warning(spindrift: Run, tmp_path: Path) -> None:
    conf = {"envs": {"a": {"options": {"http.agent.name": "me"}}, "b": {}}}
    outcome = spindrift("check", write(tmp_path, "c.json", conf), write(tmp_path, "f.json", RIGHT["url"]))
    assert outcome.code == 0
    warning, *right = outcome.out.splitlines()
    assert warning.startswith('warning: c.json, envs/b/options: a crawl needs "http.agent.name"')
    assert "-o http.agent.name=my-crawler" in warning
    assert right == ["c.json: right, 1 option", "f.json: right, 1 filter"]


def test_as_json(spindrift: Run, tmp_path: Path) -> None:
    outcome = spindrift("check", "--json", write(tmp_path, "p.json", RIGHT["parse"]))
    [found] = json.loads(outcome.out)
    assert (found["file"], found["kinds"]) == ("p.json", ["parsefilters.json"])
    assert '"y" is not a list of filters' in found["problems"][0]
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("content", "said"), [("{", "not JSON"), ("[1]", "expected an object"), ('{"a": 1}', "neither a configuration nor")]
)
def test_what_is_no_such_file(spindrift: Run, tmp_path: Path, content: str, said: str) -> None:
    outcome = spindrift("check", write(tmp_path, "x.json", content))
    assert outcome.code == 2
    assert said in outcome.out


def test_a_file_that_is_not_there(spindrift: Run) -> None:
    outcome = spindrift("check", "x.json")
    assert outcome.code == 2
    assert "x.json: cannot be read" in outcome.out


def test_the_files_that_come_with_spindrift_are_right(spindrift: Run) -> None:
    resources = Path(__file__).parents[2] / "resources"
    assert spindrift("check", str(resources / "urlfilters.json"), str(resources / "parsefilters.json")).code == 0


def test_the_schema_of_filter_files(spindrift: Run) -> None:
    pytest.importorskip("spindrift.filtering.schema")
    outcome = spindrift("check", "--schema")
    assert outcome.code == 0
    assert json.loads(outcome.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_without_a_file_there_is_nothing_to_check(spindrift: Run) -> None:
    outcome = spindrift("check")
    assert outcome.code == 2
    assert "give a file to check" in outcome.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"http.agent.name": "Anonymous Coward"}, "'Anonymous Coward' is not right"),
        ({"http.agent.name": "my crawler!"}, "'my crawler!' is not right"),
        ({"http.agent.name": ""}, "http.agent.name has no value"),
        ({"http.agent.name": "${http-agent-name}"}, "http.agent.name: '${http-agent-name}' is a placeholder"),
        (
            {"http.agent.version": "${http-agent-version}"},
            "http.agent.version: '${http-agent-version}' is a placeholder",
        ),
        ({"urlfilters.config.file": "nope.json"}, 'there is no file "nope.json"'),
        ({"urlfilters.config.file": "bad.json"}, 'no filter "NoSuch"'),
        ({"scheduler.class": "nowhere.Scheduler"}, "nowhere"),
    ],
)
def test_what_a_crawl_refuses_is_a_mistake(spindrift: Run, tmp_path: Path, options: Any, said: str) -> None:
    project = tmp_path / "project"
    (project / "resources").mkdir(parents=True)
    write(project / "resources", "bad.json", {"x.URLFilters": [{"class": "NoSuch"}]})
    file = write(project, "config.json", {"envs": {"prod": {"options": {"fetcher.server.delay": "soon", **options}}}})
    checked = spindrift("check", f"project/{file}")
    assert checked.code == 2
    assert said in checked.out
    assert "'soon' is not right" in checked.out, "all mistakes are told at once"
    assert checked.out.count("error: ") == 2
    overrides = ["-o", "fetcher.server.delay=0"]
    if "http.agent.name" not in options:
        overrides += ["-o", "http.agent.name=a"]
    crawled = spindrift("crawl", "http://127.0.0.1:1/", "-c", f"project/{file}", *overrides)
    assert crawled.code == 2
    assert said in crawled.err


def test_files_are_found_where_a_crawl_finds_them(spindrift: Run, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "resources").mkdir(parents=True)
    (project / "resources" / "mine.json").write_text(json.dumps({"x.URLFilters": [{"class": "MaxDepthFilter"}]}))
    options = {"urlfilters.config.file": "mine.json", "http.agent.name": "a"}
    write(project, "config.json", {"envs": {"prod": {"options": options}}})
    outcome = spindrift("check", "project/config.json")
    assert (outcome.code, outcome.out) == (0, "project/config.json: right, 2 options\n")
