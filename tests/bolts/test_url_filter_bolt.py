"""URLFilterBolt: what becomes of the URLs of a spout, and of statuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.bolts.url_filter import URLFilterBolt
from tests.component_probe import Probe, probe

FILTERS = [
    {"class": "BasicURLNormalizer"},
    {"class": "RegexURLFilter", "name": "no secrets", "params": {"urlFilters": ["-secret", "+."]}},
    {"class": "MaxDepthFilter", "params": {"maxDepth": 0}},
    {"class": "HostURLFilter", "params": {"ignoreOutsideHost": True}},
]
GOOD, SECRET, UNTIDY, TIDY = "http://a.org/", "http://a.org/secret", "HTTP://a.org/b#c", "http://a.org/b"


@pytest.fixture
def conf(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "filters.json"
    path.write_text(json.dumps({"any.URLFilters": FILTERS}))
    return {"urlfilters.config.file": str(path)}


def bolt(conf: dict[str, Any], **more: Any) -> Probe:
    return probe(URLFilterBolt, conf | {name.replace("__", "."): value for name, value in more.items()})


def test_a_url_that_passes_goes_on_as_a_seed_would_at_any_depth(conf: dict[str, Any]) -> None:
    run = bolt(conf)
    run.process(url=GOOD, metadata={"depth": ["7"]})
    assert run.on("default") == [[GOOD, {"depth": ["7"]}]]
    assert run.on("status") == []
    assert run.acked == [GOOD]


def test_a_url_that_is_refused_gets_a_status_that_says_why(conf: dict[str, Any]) -> None:
    run, metadata = bolt(conf), {"depth": ["1"]}
    run.process(url=SECRET, metadata=metadata)
    ((url, said, status),) = run.on("status")
    assert (url, status) == (SECRET, "ERROR")
    assert said["error.cause"] == ["URL filter"]
    assert said["error.message"] == ["refused by no secrets"]
    assert run.on("default") == []
    assert metadata == {"depth": ["1"]}, "what was given is not changed"


def test_a_url_that_is_rewritten_leads_to_the_new_one(conf: dict[str, Any]) -> None:
    run = bolt(conf)
    run.process(url=UNTIDY, metadata={"depth": ["1"]})
    target, source = run.on("status")
    assert (target[0], target[2], target[1]["depth"]) == (TIDY, "DISCOVERED", ["2"])
    assert (source[0], source[2], source[1]["_redirTo"]) == (UNTIDY, "REDIRECTION", [TIDY])
    assert run.on("default") == []


@pytest.mark.parametrize(("url", "expected"), [(GOOD, GOOD), (UNTIDY, TIDY), (SECRET, None)])
def test_a_discovered_url_goes_on_as_it_is_rewritten_or_not_at_all(
    conf: dict[str, Any], url: str, expected: str | None
) -> None:
    run = bolt(conf)
    run.process("status", url=url, metadata={}, status="DISCOVERED")
    assert run.on("status") == ([[expected, {}, "DISCOVERED"]] if expected else [])
    assert run.acked == [url]


def test_a_url_that_is_known_keeps_its_name_and_learns_that_it_is_refused(conf: dict[str, Any]) -> None:
    run = bolt(conf)
    for url in (GOOD, UNTIDY, SECRET):
        run.process("status", url=url, metadata={}, status="FETCHED")
    assert [(url, status) for url, _, status in run.on("status")] == [
        (GOOD, "FETCHED"),
        (UNTIDY, "FETCHED"),
        (SECRET, "ERROR"),
    ]


def test_only_what_is_discovered_is_looked_at_where_that_is_wanted(conf: dict[str, Any]) -> None:
    run = bolt(conf, urlfilters__discovered__only=True)
    run.process("status", url=SECRET, metadata={}, status="FETCHED")
    run.process("status", url=SECRET, metadata={}, status="DISCOVERED")
    run.process(url=SECRET, metadata={})
    assert run.on("status") == [[SECRET, {}, "FETCHED"]]
    assert run.on("default") == [[SECRET, {}]]
