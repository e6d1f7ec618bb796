"""`spindrift crawl` on a small generated web: the whole topology, the store, the summary."""

import contextlib
import json
import os
import pty
import shlex
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.store import open_store
from tests.cli.conftest import Run
from tests.frontier.contract import discovered

HOSTS, PAGES = 3, 4
CONFIG = Path(__file__).parents[2] / "config.json"
AGENT = ("-o", "http.agent.name=test-crawler", "-o", "fetcher.server.delay=0", "-o", "urlfilters.config.file=")


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True, record=True) as web:
        yield web


def crawl(spindrift: Run, *arguments: str) -> dict[str, Any]:
    """The summary of a crawl that succeeds."""
    outcome = spindrift("crawl", *arguments, *AGENT, "--json")
    assert outcome.code == 0, outcome.err
    summary: dict[str, Any] = json.loads(outcome.out)
    return summary


def pages_asked_for(web: GeneratedWeb) -> list[str]:
    return [f"http://{host}{path}" for _, _, host, path in web.requests if path != "/robots.txt"]


def test_ends_by_itself_when_everything_is_fetched(spindrift: Run, web: GeneratedWeb) -> None:
    summary = crawl(spindrift, web.seeds[0])
    assert summary["ended"] == "finished"
    assert summary["pages"] == summary["documents"] == summary["statuses"]["FETCHED"] == HOSTS * PAGES
    assert summary["status_codes"] == {"200": HOSTS * PAGES}
    assert summary["bytes"] > HOSTS * PAGES * 2000
    assert sorted(pages_asked_for(web)) == sorted(web.urls())


def test_the_pages_can_be_searched_and_exported(spindrift: Run, web: GeneratedWeb) -> None:
    crawl(spindrift, web.seeds[0])
    found = json.loads(spindrift("search", "All about tides", "--json").out)
    assert found["hits"][0]["url"] == web.seeds[1]
    assert len(spindrift("export").out.splitlines()) == HOSTS * PAGES


def test_the_summary_for_people_says_what_to_do_next(spindrift: Run, web: GeneratedWeb) -> None:
    outcome = spindrift("crawl", web.seeds[0], *AGENT, "--store", "sqlite:///other.db")
    assert "Finished: nothing is due soon." in outcome.out
    assert f"{HOSTS * PAGES} pages" in outcome.out
    assert "spindrift search WORDS --store sqlite:///other.db" in outcome.out
    assert "nothing is due soon: finishing" in outcome.err


def test_goes_on_where_it_stopped(spindrift: Run, web: GeneratedWeb) -> None:
    first = crawl(spindrift, web.seeds[0], "--max-pages", "5")
    assert first["ended"] == "max-pages"
    assert first["pages"] == first["statuses"]["FETCHED"] == 5
    rest = crawl(spindrift)
    assert rest["pages"] == HOSTS * PAGES - first["pages"]
    assert rest["documents"] == HOSTS * PAGES
    assert len(pages_asked_for(web)) == len(set(pages_asked_for(web)))


def test_the_command_to_go_on_with_keeps_to_what_the_first_was_told(
    spindrift: Run, web: GeneratedWeb, tmp_path: Path
) -> None:
    (tmp_path / "my config.json").write_text('{"envs": {"prod": {}, "test": {}}}')
    told = ("--same-host", "--max-depth", "1", "-c", "my config.json", "-e", "prod", *AGENT)
    secret = ("-o", "http.basicauth.user.a.example=me", "-o", "http.basicauth.password.a.example=s3cr3t")
    outcome = spindrift("crawl", web.seeds[0], *told, *secret, "--max-pages", "2", "--store", "h.db")
    [step] = [line.strip() for line in outcome.out.splitlines() if line.endswith("  go on")]
    assert "s3cr3t" not in outcome.out
    again = shlex.split(step.removesuffix("  go on"))[1:]
    shown = ("-o", "http.basicauth.user.a.example=me", "-o", "http.basicauth.password.a.example=...")
    assert again == ["crawl", *told, *shown, "--store", "h.db"]
    assert spindrift(*again).code == 0
    assert {request.host for request in web.requests} == {web.authority(0)}


@pytest.mark.parametrize(("depth", "pages"), [("0", 1), ("20", HOSTS * PAGES)])
def test_max_depth(spindrift: Run, web: GeneratedWeb, depth: str, pages: int) -> None:
    assert crawl(spindrift, web.seeds[0], "--max-depth", depth)["pages"] == pages


@pytest.mark.parametrize("option", ["--same-host", "--same-domain"])
def test_stays_on_the_host(spindrift: Run, web: GeneratedWeb, option: str) -> None:
    # A host below localhost has no registered domain of its own: it stands for itself.
    assert crawl(spindrift, web.seeds[0], option)["pages"] == PAGES


def test_failures_are_counted_by_cause(spindrift: Run) -> None:
    with GeneratedWeb(hosts=1, pages=2, page_bytes=3000, links=4, names="addresses") as web:
        summary = crawl(spindrift, web.seeds[0])
    assert summary["errors"]["status code 404"] == 1
    assert summary["statuses"]["REDIRECTION"] == 1


def test_where_nothing_can_be_fetched_the_exit_code_is_1(spindrift: Run, web: GeneratedWeb) -> None:
    seed = web.seeds[0]
    web.stop()
    outcome = spindrift("crawl", seed, *AGENT, "-o", "http.robots.file.skip=true", "--json")
    assert outcome.code == 1
    assert json.loads(outcome.out)["errors"]


def test_refuses_without_a_name_and_says_how_to_give_one(spindrift: Run, tmp_path: Path) -> None:
    outcome = spindrift("crawl", "https://example.com/")
    assert (outcome.code, outcome.out) == (2, "")
    assert "-o http.agent.name=my-crawler" in outcome.err
    assert "config.json" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_seeds_of_which_none_can_be_used_are_an_error_whatever_the_store_holds(spindrift: Run, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/old.db") as store:
        store.frontier.put([discovered("http://127.0.0.1:1/")])
    outcome = spindrift("crawl", "htp://127.0.0.1:8123/", "--store", "old.db", "-o", "http.agent.name=a")
    assert outcome.code == 2
    assert "no seed could be used, so nothing was crawled" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["https://example.com/", "-o", "fetcher.serverDelay.=1s"], "the regular expression is empty"),
        ([], "there is nothing to crawl"),
        (["--again"], "--again is for seeds"),
        (["example.com"], "'example.com' is neither a URL"),
        (["https://example.com/", "--same-host", "--same-domain"], "give one of them"),
        (["one.txt", "https://example.com/", "two.txt"], "'two.txt' is neither a URL"),
        (["mailto://example.com/"], "no seed could be used"),
        (["https://example.com/", "--store", "redis://crawl.db"], "sqlite:///crawl.db"),
        (["https://example.com/", "-o", "urlfilters.config.file=none.json"], "none.json"),
        (["https://example.com/", "-o", "parsefilters.config.file=none.json"], "none.json"),
        (["https://example.com/", "-o", "indexer.md.filter=x"], "indexer.md.filter"),
        (["https://example.com/", "-o", "scheduler.class=nowhere.Scheduler"], "nowhere"),
    ],
)
def test_mistakes_are_told_before_the_start_and_nothing_is_left_behind(
    spindrift: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    outcome = spindrift("crawl", *arguments, "-o", "http.agent.name=test-crawler")
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_crawl_of_a_store_that_another_one_uses_is_refused_before_a_seed_is_stored(
    spindrift: Run, tmp_path: Path
) -> None:
    script = "import sys; from spindrift.store import open_store; s = open_store('crawl.db'); s.frontier.claim(); "
    command = [sys.executable, "-c", script + "print('claimed', flush=True); sys.stdin.read()"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"claimed\n"
        crawled = spindrift("crawl", "https://example.com/", *AGENT)
        ran = spindrift("run", "-n", "crawl", "-c", str(CONFIG), "-o", "http.agent.name=x")
        known = json.loads(spindrift("status", "--json").out)["statuses"]
        other.kill()
    assert (crawled.code, crawled.out) == (1, ""), "as whoever tries again later wants it"
    for refused in (crawled, ran):
        assert refused.err.startswith("error: store crawl.db is being crawled by another process")
    assert set(known.values()) == {0}


def test_a_topology_that_lacks_a_name_says_no_more_than_that(spindrift: Run) -> None:
    outcome = spindrift("run", "-n", "crawl", "-c", str(CONFIG))
    assert outcome.code == 2
    assert outcome.err.startswith("error: configuration key http.agent.name has no value")


def test_a_clean_end_leaves_the_store_and_nothing_else(spindrift: Run, web: GeneratedWeb, tmp_path: Path) -> None:
    crawl(spindrift, web.seeds[0], "--store", "some.db")
    assert [path.name for path in tmp_path.iterdir()] == ["some.db"]


def test_a_seed_that_is_not_due_is_said_to_be_and_fetched_when_it_is_asked_for_again(
    spindrift: Run, web: GeneratedWeb
) -> None:
    one = (web.seeds[0], "--max-depth", "0")
    crawl(spindrift, *one)
    outcome = spindrift("crawl", *one, *AGENT)
    assert outcome.code == 0
    assert f"Nothing was fetched: {web.seeds[0]} is known already (FETCHED), and it is due in 24 h" in outcome.out
    assert f"spindrift crawl {web.seeds[0]} --again" in outcome.out
    assert "search" not in outcome.out
    summary = crawl(spindrift, *one, "--again")
    assert (summary["pages"], summary["status_codes"], summary["injected"]["again"]) == (1, {"304": 1}, 1)


def test_where_robots_forbid_the_seed_the_summary_says_so(spindrift: Run) -> None:
    with GeneratedWeb(hosts=1, pages=1, page_bytes=3000) as web:
        seed = f"http://{web.authority(0)}/private/accounts.html"
        refused = spindrift("crawl", seed, *AGENT)
        known = spindrift("crawl", seed, *AGENT)
    assert refused.code == 1
    assert "Finished, but no page could be fetched." in refused.out
    assert "1 x forbidden by robots.txt" in refused.out
    assert "(ERROR: forbidden by robots.txt), and it will not be due again" in known.out


def test_ctrl_c_ends_it_gracefully_and_the_next_run_goes_on(spindrift: Run, tmp_path: Path) -> None:
    asked = threading.Event()

    def latency(host: str, path: str) -> float:
        if path != "/robots.txt":
            asked.set()
        return 0.1

    with GeneratedWeb(hosts=1, pages=6, page_bytes=3000, links=8, plain=True, latency=latency) as web:
        command = [sys.executable, "-m", "spindrift", "crawl", web.seeds[0], *AGENT, "--json"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 130
        first = json.loads(out)
        assert first["ended"] == "interrupted"
        assert first["pages"] >= 1
        rest = crawl(spindrift)
    assert first["pages"] + rest["pages"] == 6


def test_a_second_ctrl_c_ends_it_at_once_and_leaves_the_store_whole(spindrift: Run, tmp_path: Path) -> None:
    asked = threading.Event()
    slow = 60.0  # far longer than the first Ctrl-C would wait

    def latency(_host: str, path: str) -> float:
        if path in ("/", "/robots.txt"):
            return 0
        asked.set()
        return slow

    with GeneratedWeb(hosts=1, pages=6, page_bytes=3000, links=8, plain=True, latency=latency) as web:
        command = [sys.executable, "-m", "spindrift", "crawl", web.seeds[0], *AGENT]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        assert any("Ctrl-C again: at once" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert err.splitlines()[-1].startswith("Stopped at once")
        slow = 0.0
        assert crawl(spindrift)["documents"] == 6
    with sqlite3.connect(tmp_path / "crawl.db") as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_second_ctrl_c_takes_the_display_off_the_terminal(tmp_path: Path) -> None:
    def latency(_host: str, path: str) -> float:
        return 0 if path in ("/", "/robots.txt") else 60.0

    terminal, its_end = pty.openpty()
    with GeneratedWeb(hosts=1, pages=6, page_bytes=3000, links=8, plain=True, latency=latency) as web:
        command = [sys.executable, "-m", "spindrift", "crawl", web.seeds[0], *AGENT]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm"}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=its_end, stderr=its_end)
        os.close(its_end)
        shown = b""
        for said in (b"Ctrl-C stops gracefully", b"Ctrl-C again: at once"):
            while said not in shown:
                shown += os.read(terminal, 10_000)
            process.send_signal(signal.SIGINT)
        # A terminal whose last process is gone cannot be read.
        with contextlib.suppress(OSError):
            while more := os.read(terminal, 10_000):
                shown += more
        os.close(terminal)
        assert process.wait(timeout=60) == 130
    assert shown.startswith(b"starting\r"), "before anything is loaded"
    drawn, erased, rest = shown.rpartition(b"\x1b[2K")
    assert erased
    assert b"\x1b[1A" in drawn[-40:], "line by line, upwards"
    assert b"\x1b[?25h" in drawn[drawn.rindex(b"Ctrl-C again") :], "the cursor is back"
    assert rest == b"Stopped at once; what was in flight is fetched again next time.\r\n"


class Sites(GeneratedWeb):
    """Three hosts of two domains, all on loopback."""

    def host_name(self, host: int) -> str:
        return ("www.example.org", "blog.example.org", "www.example.net")[host]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--same-host"], {"www.example.org"}),
        (["--same-domain"], {"www.example.org", "blog.example.org"}),
        ([], {"www.example.org", "blog.example.org", "www.example.net"}),
    ],
)
def test_stays_on_the_host_or_domain_of_the_seed(
    spindrift: Run, monkeypatch: pytest.MonkeyPatch, options: list[str], expected: set[str]
) -> None:
    monkeypatch.setattr("spindrift.protocol.resolver._getaddrinfo", lambda _host: ["127.0.0.1"])
    with Sites(hosts=3, pages=4, page_bytes=3000, links=8, plain=True, record=True) as web:
        summary = crawl(spindrift, web.seeds[0], *options)
        assert {request.host.partition(":")[0] for request in web.requests} == expected
    assert summary["pages"] == 4 * len(expected)


def test_filters_of_ones_own_are_found_in_the_project(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "my_url_filters.py").write_text(
        "class Nothing:\n    def filter(self, source_url, source_metadata, url):\n        return None\n"
    )
    (tmp_path / "mine.json").write_text('{"mine.URLFilters": [{"class": "my_url_filters.Nothing"}]}')
    outcome = spindrift("inject", "https://a.example/", "-o", "urlfilters.config.file=mine.json")
    assert "refused by the URL filter Nothing" in outcome.out


def test_mistakes_of_both_filter_files_are_told_before_anything_is_opened(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "u.json").write_text('{"a.URLFilters": [{"class": "MaxDepthFiltr"}]}')
    (tmp_path / "p.json").write_text('{"a.ParseFilters": [{"class": "XPathFilter", "params": {"x": "//a["}}]}')
    files = ("-o", "urlfilters.config.file=u.json", "-o", "parsefilters.config.file=p.json")
    outcome = spindrift("crawl", "http://a.example/", *files)
    assert outcome.code == 2
    for said in ("http.agent.name has no value", "/a.URLFilters/0/class", "/a.ParseFilters/0/params/x"):
        assert said in outcome.err
    assert not (tmp_path / "crawl.db").exists()


def test_all_mistakes_of_a_configuration_are_told_at_once(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "config:\n  http.agent.name: x\n  fetcher.server.delay: soon\n  http.content.limit: -5\n"
        "  scheduler.class: nowhere.Scheduler\n  urlfilters.config.file: missing.json\n"
    )
    crawled = spindrift("crawl", "https://a.example/", "-c", "bad.yaml", "-o", "nonsense")
    checked = spindrift("check", "bad.yaml")
    assert (crawled.code, checked.code) == (2, 2)
    for said in ("fetcher.server.delay", "http.content.limit", "nowhere", "missing.json"):
        assert said in crawled.err
        assert said in checked.out
    assert "-o nonsense: expected key=value" in crawled.err
    assert len(crawled.err.splitlines()) == 5
