"""`--store memory:`: a crawl that shows what it came to, and leaves nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from spindrift.cli.crawl_summary import headline
from spindrift.crawl.summary import Ending, Summary
from spindrift.demo.generated_web import GeneratedWeb
from tests.cli.conftest import Run

HOSTS, PAGES = 3, 4
AGENT = ("-o", "http.agent.name=test-crawler", "-o", "fetcher.server.delay=0", "-o", "urlfilters.config.file=")


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True, record=True) as web:
        yield web


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crawl_is_complete_and_leaves_nothing(
    spindrift: Run, web: GeneratedWeb, tmp_path: Path, workers: int
) -> None:
    own = ("-o", f"topology.workers={workers}")
    outcome = spindrift("crawl", web.seeds[0], "--store", "memory:", *AGENT, *own, "--json")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert summary["pages"] == summary["documents"] == summary["statuses"]["FETCHED"] == HOSTS * PAGES
    assert list(tmp_path.iterdir()) == []
    asked = [(host, path) for _, _, host, path in web.requests]
    assert len(asked) == len(set(asked))


def test_the_summary_promises_nothing(spindrift: Run, web: GeneratedWeb) -> None:
    outcome = spindrift("crawl", web.seeds[0], "--store", "memory:", "--max-pages", "3", *AGENT)
    assert "memory: gone now; --store crawl.db would keep it" in outcome.out
    assert "spindrift " not in outcome.out


@pytest.mark.parametrize("ending", [Ending.INTERRUPTED, Ending.STORE, Ending.ARCHIVE])
def test_an_end_before_its_time_promises_nothing_either(ending: Ending) -> None:
    lasting = Summary(ending, 3, 0, 1.0, 3.0, 3, {"200": 3}, {}, {}, {}, 3, store="crawl.db")
    assert "run it again" in headline(lasting, None, 0.0)
    assert headline(replace(lasting, store="memory:"), None, 0.0).count(".") == 1


def test_it_begins_with_nothing(spindrift: Run) -> None:
    outcome = spindrift("crawl", "--store", "memory:", *AGENT)
    assert outcome.code == 2
    assert "nothing to crawl: memory: is empty and no seed was given" in outcome.err


@pytest.mark.parametrize(
    "command", [("status",), ("search", "tides"), ("export",), ("inject", "https://example.com/")], ids=" ".join
)
def test_commands_that_need_what_a_crawl_has_left_say_why_there_is_nothing(
    spindrift: Run, command: tuple[str, ...]
) -> None:
    outcome = spindrift(*command, "--store", "memory:")
    assert outcome.code == 2
    assert outcome.out == ""
    assert "store memory: is gone with the crawl that filled it" in outcome.err
    assert "crawl into a file (--store crawl.db)" in outcome.err


def test_explain_does_without(spindrift: Run) -> None:
    outcome = spindrift("explain", "https://example.com/", "--offline", "--store", "memory:", *AGENT)
    assert "It would" in outcome.out or "Nothing that is known here stops it" in outcome.out


def test_a_replay_may_be_in_memory_too(spindrift: Run, web: GeneratedWeb, tmp_path: Path) -> None:
    assert spindrift("crawl", web.seeds[0], "--store", "memory:", "--warc", "archive", *AGENT).code == 0
    outcome = spindrift("replay", "archive", "--store", "memory:", *AGENT)
    assert outcome.code == 0, outcome.err
    assert f"FETCHED {HOSTS * PAGES}" in outcome.out
    assert "spindrift " not in outcome.out
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


@pytest.mark.parametrize("command", [("crawl", "http://localhost:1/"), ("status",)], ids=" ".join)
def test_a_name_that_only_begins_like_it_is_no_file(spindrift: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    outcome = spindrift(*command, "--store", "memory:x", *AGENT)
    assert outcome.code == 2
    assert "store 'memory:x' is not understood" in outcome.err
    assert list(tmp_path.iterdir()) == []
