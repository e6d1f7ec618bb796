"""`spindrift filter`: JSON lines in, JSON lines out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outcome, Run

Filter = Callable[..., Outcome]

FILTERS = {"x.URLFilters": [{"class": "BasicURLNormalizer"}, {"class": "MaxDepthFilter", "params": {"maxDepth": 1}}]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "filters.json"
    path.write_text(json.dumps(FILTERS))
    return path


@pytest.fixture
def run(spindrift: Run, config: Path) -> Filter:
    """Sends lines to `spindrift filter`."""

    def send(*lines: Any, options: tuple[str, ...] = ()) -> Outcome:
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        return spindrift("filter", "--config", str(config), *options, said=text)

    return send


def answers(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_each_line_is_answered_by_one(run: Filter) -> None:
    source = {"source_url": "http://a.org/", "metadata": {"depth": ["1"]}}
    result = run({"url": "HTTP://A.org/b#c"}, {"url": "http://a.org/d"} | source, {"url": "mailto:x@a.org"})
    assert result.code == 0
    assert answers(result) == [
        {"url": "HTTP://A.org/b#c", "result": "http://a.org/b", "by": None},
        {"url": "http://a.org/d", "result": None, "by": "MaxDepthFilter"},
        {"url": "mailto:x@a.org", "result": None, "by": "BasicURLNormalizer"},
    ]


def test_metadata_may_hold_texts_instead_of_lists(run: Filter) -> None:
    assert answers(run({"url": "http://a.org/", "metadata": {"depth": "1"}}))[0]["by"] == "MaxDepthFilter"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "JSON"),
        ([1], "not a JSON object"),
        ({}, '"url" must be a text'),
        ({"url": 1}, '"url" must be a text'),
        ({"url": "x", "source_url": 1}, '"source_url" must be'),
        ({"url": "x", "metadata": []}, '"metadata" must be'),
        ({"url": "x", "metadata": {"depth": 1}}, '"depth" must be'),
    ],
)
def test_a_bad_line_is_answered_with_its_number_and_the_others_still_are(run: Filter, line: Any, told: str) -> None:
    result = run({"url": "http://a.org/"}, "", line, {"url": "http://b.org/"})
    first, bad, last = answers(result)
    assert result.code == 1
    assert bad["line"] == 3
    assert told in bad["error"]
    assert (first["result"], last["result"]) == ("http://a.org/", "http://b.org/")


def test_text_that_no_encoding_holds_is_survived(run: Filter) -> None:
    assert answers(run({"url": "http://a.org/\ud800"}))[0]["result"] == "http://a.org/%EF%BF%BD"


def test_every_mistake_of_the_file_is_printed_and_nothing_is_filtered(spindrift: Run, config: Path) -> None:
    mistaken = {"x.URLFilters": [{"class": "MaxDeptFilter"}, {"class": "SelfURLFilter", "name": 1}]}
    config.write_text(json.dumps(mistaken))
    outcome = spindrift("filter", "--config", str(config))
    assert (outcome.code, outcome.out) == (2, "")
    assert [line.split(" at ")[0] for line in outcome.err.splitlines()] == [f"error: {config}"] * 2
    assert '"MaxDepthFilter"' in outcome.err


def test_a_missing_file_is_told_with_every_place(spindrift: Run) -> None:
    outcome = spindrift("filter", "--config", "none.json")
    assert outcome.code == 2
    assert "looked for" in outcome.err


def test_a_filter_in_the_current_folder_can_be_used(run: Filter, config: Path, tmp_path: Path) -> None:
    (tmp_path / "my_only_filter.py").write_text(
        "class Mine:\n    def filter(self, s, m, url):\n        return url + 'b'\n"
    )
    config.write_text(json.dumps({"x.URLFilters": [{"class": "my_only_filter.Mine"}]}))
    assert answers(run({"url": "http://a.example/"}))[0]["result"] == "http://a.example/b"


def test_it_prints_the_schema_of_filter_files_and_asks_for_nothing_else(spindrift: Run) -> None:
    outcome = spindrift("filter", "--schema", "--config", "none.json")
    assert outcome.code == 0
    assert "MaxDepthFilter" in json.loads(outcome.out)["$defs"]


def test_filters_read_the_configuration(run: Filter, config: Path) -> None:
    config.write_text(json.dumps({"x.URLFilters": [{"class": "SitemapFilter"}]}))
    line = {"url": "http://a.org/", "metadata": {"foundSitemap": "true"}}
    runs = [run(line, options=options) for options in ((), ("-o", "sitemap.discovery=false"))]
    assert [answers(each)[0]["by"] for each in runs] == ["SitemapFilter", None]


def test_its_help_shows_an_example(spindrift: Run) -> None:
    assert "RegexURLFilter" in spindrift("filter", "--help").out
