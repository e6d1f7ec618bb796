"""`spindrift explain`: what would stop a URL, and why."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from spindrift.frontier.records import StatusUpdate
from spindrift.status import Status
from spindrift.store import open_store
from tests.cli.conftest import Run

FAR = 4_000_000_000.0
AGENT = ("-o", "http.agent.name=mine")


class Site(BaseHTTPRequestHandler):
    """A robots.txt, with the status that a test says."""

    robots: ClassVar[bytes] = b"User-agent: *\nCrawl-delay: 2\nDisallow: /private\n"
    status: ClassVar[int] = 200
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.robots)))
        self.end_headers()
        self.wfile.write(self.robots)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Site, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def explained(spindrift: Run, *arguments: str) -> dict[str, Any]:
    outcome = spindrift("explain", *AGENT, "--json", *arguments)
    found: dict[str, Any] = json.loads(outcome.out)
    assert outcome.code == (1 if found["verdict"] in ("stops", "waits") else 0)
    found["by"] = {step["name"]: step for step in found["steps"]}
    return found


def test_a_url_that_nothing_stops(spindrift: Run, site: str) -> None:
    found = explained(spindrift, f"{site}/news")
    assert found["verdict"] == "passes"
    assert list(found["by"]) == ["url", "filters", "address", "robots", "host", "schedule"]
    assert "one request every 2 s" in found["by"]["robots"]["why"]


def test_the_line_of_robots_txt(spindrift: Run, site: str) -> None:
    found = explained(spindrift, f"{site}/private/x")
    assert found["verdict"] == "stops"
    robots = found["by"]["robots"]
    assert robots["why"] == f"line 3 of {site}/robots.txt: Disallow: /private"
    assert (robots["details"]["line"], robots["details"]["crawl_delay"]) == (3, 2.0)


def test_a_robots_txt_that_cannot_be_read_means_not_now(
    spindrift: Run, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "status", 503)
    found = explained(spindrift, f"{site}/news")
    assert found["verdict"] == "waits"
    assert "status 503" in found["by"]["robots"]["why"]


def test_a_crawl_delay_that_is_too_long(spindrift: Run, site: str) -> None:
    found = explained(spindrift, f"{site}/news", "-o", "fetcher.max.crawl.delay=1")
    assert found["verdict"] == "stops"
    assert "at most 1 s" in found["by"]["robots"]["why"]


@pytest.mark.parametrize(("forced", "pause"), [("true", 5), ("false", 2)])
def test_the_pause_of_a_host_where_it_counts_more_than_robots_txt(
    spindrift: Run, site: str, forced: str, pause: int
) -> None:
    options = ("-o", "fetcher.serverDelay.127[.]0[.]0[.]1=5", "-o", f"fetcher.server.delay.force={forced}")
    found = explained(spindrift, f"{site}/news", *options)
    assert found["by"]["robots"]["why"].endswith(f"; one request every {pause} s")


def test_a_host_that_cannot_be_partitioned_by_its_address(spindrift: Run) -> None:
    found = explained(spindrift, "http://no-such-host.invalid/", "-o", "partition.url.mode=byIP")
    assert found["verdict"] == "waits"
    assert "no address of host 'no-such-host.invalid'" in found["by"]["address"]["why"]


def test_offline_asks_nobody(spindrift: Run, site: str) -> None:
    found = explained(spindrift, f"{site}/private", "--offline")
    assert (found["verdict"], found["by"]["robots"]["verdict"]) == ("unknown", "unknown")
    assert Site.asked == []


def test_a_public_page_leads_to_no_private_address(spindrift: Run, site: str) -> None:
    found = explained(spindrift, f"{site}/news", "--source", "http://example.com/")
    assert found["by"]["address"]["verdict"] == "stops"
    assert "robots" not in found["by"]
    assert Site.asked == []


def test_a_link_has_what_its_page_hands_on(spindrift: Run, site: str, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        of_seed = {"fetch.private.allowed": ["true"], "depth": ["3"]}
        store.frontier.put([StatusUpdate(f"{site}/", "127.0.0.1", Status.FETCHED, of_seed, FAR)])
    filters = {"x.URLFilters": [{"class": "MaxDepthFilter", "params": {"maxDepth": 3}}]}
    (tmp_path / "deep.json").write_text(json.dumps(filters))
    found = explained(spindrift, f"{site}/new", "--source", site)
    assert (found["by"]["address"]["verdict"], found["verdict"]) == ("passes", "unknown")
    found = explained(spindrift, f"{site}/new", "--source", f"{site}/", "-o", "urlfilters.config.file=deep.json")
    assert found["by"]["filters"]["details"]["by"] == "MaxDepthFilter"


def test_a_link_that_its_page_has_not_made_known(spindrift: Run, tmp_path: Path) -> None:
    page, link = "http://a.example/", "http://a.example/link"
    asked = (link, "--source", page, "--offline")
    found = explained(spindrift, *asked)
    assert (found["verdict"], found["by"]["link"]["verdict"]) == ("unknown", "unknown")
    assert "has not been fetched; a link that it marks nofollow is not followed" in found["by"]["link"]["why"]
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        store.frontier.put([StatusUpdate(page, "a.example", Status.FETCHED, {}, FAR)])
    found = explained(spindrift, *asked)
    assert found["by"]["link"]["why"].startswith(f"{page} was fetched and has not made it known: nofollow, ")
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        store.frontier.put([StatusUpdate(page, "a.example", Status.FETCHED, {"robots.noFollow": ["true"]}, FAR)])
    found = explained(spindrift, *asked)
    assert (found["verdict"], found["by"]["link"]["verdict"]) == ("stops", "stops")
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        store.frontier.put([StatusUpdate(link, "a.example", Status.DISCOVERED, {}, 1.0)])
    found = explained(spindrift, *asked)
    assert "link" not in found["by"], "somebody has made it known"


def test_the_filter_that_refuses_it_and_what_others_made_of_it(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "urlfilters.json").write_text(
        json.dumps(
            {
                "x.URLFilters": [
                    {"class": "BasicURLNormalizer", "params": {"queryElementsToRemove": ["sid"]}},
                    {"class": "RegexURLFilter", "name": "no gifs", "params": {"urlFilters": [r"-\.gif$", "+."]}},
                ]
            }
        )
    )
    found = explained(spindrift, "http://a.example/x.gif", "--offline")
    assert found["by"]["filters"]["details"]["by"] == "no gifs"
    assert found["verdict"] == "stops"
    found = explained(spindrift, "http://a.example/x?sid=1", "--offline")
    assert found["url"] == "http://a.example/x"
    assert "rewritten to http://a.example/x" in found["by"]["filters"]["why"]


def test_the_host_and_the_schedule(spindrift: Run, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        gone = {"error.cause": ["status code 404"]}
        store.frontier.put(
            [
                StatusUpdate("http://a.example/1", "a.example", Status.FETCHED, {}, FAR),
                StatusUpdate("http://b.example/", "b.example", Status.ERROR, gone, None),
                StatusUpdate("http://a.example/2", "a.example", Status.DISCOVERED, {}, 1.0),
            ]
        )
        store.frontier.hold("a.example", FAR + 1, "503 with Retry-After", 2)
    found = explained(spindrift, "http://a.example/1", "--offline")
    assert (found["verdict"], found["until"]) == ("waits", FAR + 1)
    assert found["by"]["host"]["why"] == "a.example is left alone: 503 with Retry-After (2 failures in a row)"
    assert (found["by"]["schedule"]["verdict"], found["by"]["schedule"]["until"]) == ("waits", FAR)
    found = explained(spindrift, "http://b.example/", "--offline")
    assert found["by"]["schedule"]["why"] == "it is ERROR (status code 404), and never due again"
    assert found["verdict"] == "stops"
    found = explained(spindrift, "http://a.example/2", "--offline")
    assert found["by"]["schedule"]["verdict"] == "passes"


def test_what_is_no_url(spindrift: Run) -> None:
    found = explained(spindrift, "nonsense", "--offline")
    assert (found["verdict"], list(found["by"])) == ("stops", ["url"])


def test_for_people(spindrift: Run, site: str) -> None:
    outcome = spindrift("explain", *AGENT, f"{site}/private/x")
    assert outcome.code == 1
    assert "line 3 of" in outcome.out
    assert outcome.out.rstrip().endswith("It would not be fetched.")


def test_the_rule_of_the_filter(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("# pictures\n-\\.(gif|jpg)$\n+.\n")
    entry = {"class": "RegexURLFilter", "name": "mine", "params": {"regexFilterFile": "rules.txt"}}
    (tmp_path / "mine.json").write_text(json.dumps({"URLFilters": [entry]}))
    options = ("http://a.example/x.jpg", "--offline", "-o", "urlfilters.config.file=mine.json")
    step = explained(spindrift, *options)["by"]["filters"]
    assert step["why"] == "mine of mine.json refuses it as a seed: line 2 of rules.txt: -\\.(gif|jpg)$"
    assert (step["details"]["by"], step["details"]["rule"]) == ("mine", "line 2 of rules.txt: -\\.(gif|jpg)$")
    assert "line 2 of rules.txt" in spindrift("explain", *options).out


def test_a_store_that_is_named_has_to_be_there_as_for_status(spindrift: Run) -> None:
    outcome = spindrift("explain", "http://a.example/", "--offline", "--store", "nope.db")
    status = spindrift("status", "http://a.example/", "--store", "nope.db")
    assert (outcome.code, outcome.out, outcome.err) == (status.code, "", status.err)
    assert "store nope.db does not exist" in outcome.err
    assert "it is not in the store" in spindrift("explain", "http://a.example/", "--offline").out
