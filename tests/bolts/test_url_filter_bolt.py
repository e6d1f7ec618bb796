"""URLFilterBolt: what becomes of the URLs of a spout, and of statuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.bolts.url_filter import URLFilterBolt
from spindrift.testing import BoltRun, run_bolt

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


@pytest.fixture
def bolt(conf: dict[str, Any]) -> Iterator[BoltRun]:
    with run_bolt(URLFilterBolt, conf) as bolt:
        yield bolt


def test_a_url_that_passes_goes_on_as_a_seed_would_at_any_depth(bolt: BoltRun) -> None:
    tup = bolt.send(url=GOOD, metadata={"depth": ["7"]})
    assert bolt.emitted() == [(GOOD, {"depth": ["7"]})]
    assert bolt.emitted("status") == []
    assert bolt.acked == [tup]


def test_a_url_that_is_refused_gets_a_status_that_says_why(bolt: BoltRun) -> None:
    metadata = {"depth": ["1"]}
    bolt.send(url=SECRET, metadata=metadata)
    ((url, said, status),) = bolt.emitted("status")
    assert (url, status) == (SECRET, "ERROR")
    assert said["error.cause"] == ["URL filter"]
    assert said["error.message"] == ["refused by no secrets"]
    assert bolt.emitted() == []
    assert metadata == {"depth": ["1"]}, "what was given is not changed"


def test_a_url_that_is_rewritten_leads_to_the_new_one(bolt: BoltRun) -> None:
    bolt.send(url=UNTIDY, metadata={"depth": ["1"]})
    target, source = bolt.emitted("status")
    assert (target[0], target[2], target[1]["depth"]) == (TIDY, "DISCOVERED", ["2"])
    assert (source[0], source[2], source[1]["_redirTo"]) == (UNTIDY, "REDIRECTION", [TIDY])
    assert bolt.emitted() == []


@pytest.mark.parametrize(("url", "expected"), [(GOOD, GOOD), (UNTIDY, TIDY), (SECRET, None)])
def test_a_discovered_url_goes_on_as_it_is_rewritten_or_not_at_all(
    bolt: BoltRun, url: str, expected: str | None
) -> None:
    tup = bolt.send(stream="status", url=url, metadata={}, status="DISCOVERED")
    assert bolt.emitted("status") == ([(expected, {}, "DISCOVERED")] if expected else [])
    assert bolt.acked == [tup]


def test_a_url_that_is_known_keeps_its_name_and_learns_that_it_is_refused(bolt: BoltRun) -> None:
    for url in (GOOD, UNTIDY, SECRET):
        bolt.send(stream="status", url=url, metadata={}, status="FETCHED")
    assert [(url, status) for url, _, status in bolt.emitted("status")] == [
        (GOOD, "FETCHED"),
        (UNTIDY, "FETCHED"),
        (SECRET, "ERROR"),
    ]


def test_only_what_is_discovered_is_looked_at_where_that_is_wanted(conf: dict[str, Any]) -> None:
    with run_bolt(URLFilterBolt, conf | {"urlfilters.discovered.only": True}) as bolt:
        bolt.send(stream="status", url=SECRET, metadata={}, status="FETCHED")
        bolt.send(stream="status", url=SECRET, metadata={}, status="DISCOVERED")
        bolt.send(url=SECRET, metadata={})
    assert bolt.emitted("status") == [(SECRET, {}, "FETCHED")]
    assert bolt.emitted() == [(SECRET, {})]
