"""Where a crawl parses: in a process of its own, unless it must not."""

import json
import os
from pathlib import Path

import pytest

from spindrift.conf import Settings
from spindrift.crawl.configuration import check_ready, default_workers
from spindrift.filtering import URLFilters
from spindrift.frontier.inject import Injection


def filters(folder: Path, **params: object) -> dict[str, str]:
    file = folder / "urlfilters.json"
    file.write_text(json.dumps({"x.URLFilters": [{"class": "RobotsFilter", "name": "robots", "params": params}]}))
    return {"urlfilters.config.file": str(file), "http.agent.name": "a"}


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)


def test_the_parser_gets_a_process_where_there_is_a_second_core(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_workers(URLFilters()) == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert default_workers(URLFilters()) == 1


def test_a_filter_that_needs_what_the_fetcher_knows_keeps_it_here(tmp_path: Path) -> None:
    assert default_workers(check_ready(filters(tmp_path))) == 1
    assert default_workers(check_ready(filters(tmp_path, fromCacheOnly=False))) == 2


def test_what_was_loaded_to_be_checked_judges_the_seeds_too(tmp_path: Path) -> None:
    conf = filters(tmp_path)
    loaded = check_ready(conf)
    (tmp_path / "urlfilters.json").unlink()
    assert Injection(["http://a.example/"], Settings(conf), filters=loaded).usable()
