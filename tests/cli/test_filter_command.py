"""`spindrift filter`: JSON lines in, JSON lines out."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from spindrift.cli.filter import filter_urls
from tests.cli.conftest import Run

app = typer.Typer()
app.command()(filter_urls)

FILTERS = {"x.URLFilters": [{"class": "BasicURLNormalizer"}, {"class": "MaxDepthFilter", "params": {"maxDepth": 1}}]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "filters.json"
    path.write_text(json.dumps(FILTERS))
    return path


def run(config: Path | str, *lines: Any) -> Result:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return CliRunner().invoke(app, ["--config", str(config)], input=text)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_by_one(config: Path) -> None:
    source = {"source_url": "http://a.org/", "metadata": {"depth": ["1"]}}
    result = run(config, {"url": "HTTP://A.org/b#c"}, {"url": "http://a.org/d"} | source, {"url": "mailto:x@a.org"})
    assert result.exit_code == 0
    assert answers(result) == [
        {"url": "HTTP://A.org/b#c", "result": "http://a.org/b", "by": None},
        {"url": "http://a.org/d", "result": None, "by": "MaxDepthFilter"},
        {"url": "mailto:x@a.org", "result": None, "by": "BasicURLNormalizer"},
    ]


def test_metadata_may_hold_texts_instead_of_lists(config: Path) -> None:
    assert answers(run(config, {"url": "http://a.org/", "metadata": {"depth": "1"}}))[0]["by"] == "MaxDepthFilter"


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
def test_a_bad_line_is_answered_with_its_number_and_the_others_still_are(config: Path, line: Any, told: str) -> None:
    result = run(config, {"url": "http://a.org/"}, "", line, {"url": "http://b.org/"})
    first, bad, last = answers(result)
    assert result.exit_code == 1
    assert bad["line"] == 3
    assert told in bad["error"]
    assert (first["result"], last["result"]) == ("http://a.org/", "http://b.org/")


def test_text_that_no_encoding_holds_is_survived(config: Path) -> None:
    assert answers(run(config, {"url": "http://a.org/\ud800"}))[0]["result"] == "http://a.org/%EF%BF%BD"


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


def test_a_filter_in_the_current_folder_can_be_used(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    (tmp_path / "my_only_filter.py").write_text(
        "class Mine:\n    def filter(self, s, m, url):\n        return url + 'b'\n"
    )
    config.write_text(json.dumps({"x.URLFilters": [{"class": "my_only_filter.Mine"}]}))
    assert answers(run(config, {"url": "http://a.example/"}))[0]["result"] == "http://a.example/b"


def test_it_prints_the_schema_of_filter_files_and_asks_for_nothing_else() -> None:
    result = CliRunner().invoke(app, ["--schema", "--config", "none.json"])
    assert result.exit_code == 0
    assert "MaxDepthFilter" in json.loads(result.stdout)["$defs"]


def test_filters_read_the_configuration(config: Path) -> None:
    config.write_text(json.dumps({"x.URLFilters": [{"class": "SitemapFilter"}]}))
    line = json.dumps({"url": "http://a.org/", "metadata": {"foundSitemap": "true"}})
    arguments = ["--config", str(config)]
    runs = [CliRunner().invoke(app, arguments + more, input=line) for more in ([], ["-o", "sitemap.discovery=false"])]
    assert [answers(run)[0]["by"] for run in runs] == ["SitemapFilter", None]


def test_its_help_shows_an_example() -> None:
    assert "RegexURLFilter" in CliRunner().invoke(app, ["--help"]).stdout
