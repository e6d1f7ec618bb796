"""A calendar without end, crawled whole: held by depth, by a limit a host, and by what a run may take."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.crawl.summary import Ending, Summary
from spindrift.store import open_store
from tests.crawl.running import crawl_conf, run_crawl
from tests.protocol.loopback_server import LoopbackServer, Request, http


def calendar(request: Request) -> bytes:
    """Every day links to the next ten, and to a view of each; every seventh is broken."""
    if request.path == "/robots.txt":
        return http(404)
    day = int("".join(character for character in request.path.partition("?")[0] if character.isdigit()) or 0)
    if day % 7 == 6:
        return http(500)
    links = "".join(
        f'<a href="/day/{next_day}">{next_day}</a><a href="/day/{next_day}?view=week">w</a>'
        for next_day in range(day + 1, day + 11)
    )
    return http(200, f"<title>{day}</title><body>{links}</body>".encode(), content_type="text/html")


def crawl(path: Path, **conf: Any) -> tuple[Summary, list[str]]:
    """The summary, and the days that were asked for."""
    given: dict[str, Any] = {"fetcher__backoff__failures": 1000, "urlfilters__config__file": "", **conf}
    whole = crawl_conf(path, **given)
    with LoopbackServer(calendar) as server, open_store(whole["store.url"], Settings(whole)) as store:
        summary = run_crawl(store, [server.url("/day/0")], whole, seconds=None, refresh=0.1)
        return summary, [path for path in server.paths() if path != "/robots.txt"]


def test_is_held_by_depth(tmp_path: Path) -> None:
    summary, asked = crawl(tmp_path, urlfilters__max__depth=2)
    assert summary.ended is Ending.FINISHED
    assert sum(summary.statuses.values()) == len(asked) == len(set(asked)) == 41  # 20 days, their views, and the first


def test_is_held_by_a_limit_a_host(tmp_path: Path) -> None:
    summary, asked = crawl(tmp_path, crawl__max__urls__per__host=50)
    assert summary.ended is Ending.FINISHED
    assert sum(summary.statuses.values()) == len(asked) == 50


@pytest.mark.parametrize(
    ("key", "limit", "ending"),
    [
        ("crawl__max__items", 20, Ending.MAX_ITEMS),
        ("crawl__max__errors", 5, Ending.MAX_ERRORS),
        ("crawl__max__bytes", 20_000, Ending.MAX_BYTES),
        ("crawl__max__time", "2s", Ending.TIME),
    ],
)
def test_is_held_by_what_a_run_may_take(tmp_path: Path, key: str, limit: object, ending: Ending) -> None:
    conf = {key: limit} if ending is Ending.TIME else {key: limit, "fetcher__server__delay": "5ms"}
    summary, asked = crawl(tmp_path, **conf)
    assert summary.ended is ending
    assert summary.statuses["DISCOVERED"] > 0, "there was more to do"
    assert asked
    assert summary.indexed >= (20 if ending is Ending.MAX_ITEMS else 1)
