"""`spindrift crawl --warc` and `spindrift replay`."""

import gzip
import json
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat
from tests.cli.conftest import Run

AGENT = ("-o", "http.agent.name=test-crawler", "-o", "fetcher.server.delay=0", "-o", "urlfilters.config.file=")
HOSTS, PAGES = 2, 4


@pytest.fixture
def archived(spindrift: Run) -> str:
    """A crawl in crawl.db, its archive in the folder `warc`; the seed."""
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True) as web:
        assert spindrift("crawl", web.seeds[0], "--warc", "warc", *AGENT, "--json").code == 0
        return web.seeds[0]


def test_a_crawl_that_is_not_over_says_how_to_go_on_with_its_archive(spindrift: Run) -> None:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True) as web:
        outcome = spindrift("crawl", web.seeds[0], "--warc", "my warc", "--max-pages", "2", *AGENT)
    assert f"spindrift crawl {' '.join(AGENT)} --warc 'my warc'  go on" in outcome.out


def test_a_crawl_is_replayed_into_a_new_store(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc", "--store", "again.db", "--json")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert (summary["ended"], summary["done"], summary["documents"]) == ("finished", HOSTS * PAGES, HOSTS * PAGES)
    again = spindrift("export", "--store", "again.db").out
    assert sorted(again.splitlines()) == sorted(spindrift("export").out.splitlines())


@pytest.mark.parametrize("scope", [("--same-host",), ("--same-domain", "--max-depth", "1")])
def test_a_replay_that_is_told_the_scope_of_the_crawl_has_its_statuses_and_no_more(
    spindrift: Run, scope: tuple[str, ...]
) -> None:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True) as web:
        assert spindrift("crawl", web.seeds[0], "--warc", "warc", *scope, *AGENT, "--json").code == 0
    crawled = json.loads(spindrift("status", "--json").out)["statuses"]
    told = json.loads(spindrift("replay", "warc", "--store", "again.db", *scope, *AGENT, "--json").out)
    untold = json.loads(spindrift("replay", "warc", "--store", "more.db", *AGENT, "--json").out)
    assert told["statuses"] == crawled
    assert untold["statuses"]["DISCOVERED"] > crawled["DISCOVERED"]


def test_people_are_told_what_there_is(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc")
    assert outcome.code == 0, outcome.err
    assert f"visits     {HOSTS * PAGES} of {HOSTS * PAGES}" in outcome.out
    assert "spindrift search WORDS --store sqlite:///replay.db" in outcome.out


def test_a_store_that_holds_a_crawl_is_not_touched(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc", "--store", "crawl.db")
    assert outcome.code == 2
    assert "crawl.db holds a crawl already" in outcome.err


def test_other_filters_are_compared_without_a_store(spindrift: Run, archived: str) -> None:
    entry = {"class": "RegexURLFilter", "name": "not -2", "params": {"urlFilters": ["--2.html$", "+."]}}
    Path("other.json").write_text(json.dumps({"spindrift.URLFilters": [entry]}))
    options = ("--filters", "other.json", "-o", "urlfilters.config.file=")
    outcome = spindrift("replay", "warc", *options)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert [line.startswith("- dropped  http://host00") and "(not -2; found on " in line for line in lines[:HOSTS]]
    assert lines[-1].startswith(f"{HOSTS} URLs dropped, 0 kept that were not, of {HOSTS * PAGES} URLs;")
    said = json.loads(spindrift("replay", "warc", *options, "--json").out)
    assert (said["dropped"], said["added"], len(said["changes"])) == (HOSTS, 0, HOSTS)
    assert not Path("replay.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such.warc",), "no-such.warc: there is no such file"),
        (("warc", "--filters", "no-such.json"), "no-such.json"),
        (("warc", "--filters", "x.json", "--store", "x.db"), "--filters compares and stores nothing"),
    ],
)
def test_what_is_wrong_is_said(spindrift: Run, archived: str, arguments: tuple[str, ...], said: str) -> None:
    outcome = spindrift("replay", *arguments)
    assert outcome.code in (1, 2)
    assert said in outcome.err


def test_an_archive_of_robots_txt_alone_is_nothing_to_replay(spindrift: Run) -> None:
    marked = {"fetch.statusCode": ["404"], "robots.txt": ["true"]}
    visit = Capture("http://a.example/robots.txt", b"", marked)
    Path("x.warc.gz").write_bytes(RecordFormat("protocol.", [], VirtualClock()).records(visit))
    outcome = spindrift("replay", "x.warc.gz")
    assert outcome.code == 2
    assert "there are no answers to HTTP requests in x.warc.gz" in outcome.err


def test_a_page_that_is_cut_off_is_left_out(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.arc").write_bytes(
        b"http://a/1 1.1.1.1 20200101000000 text/html 100\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n<title>cut</ti"
    )
    outcome = spindrift("replay", "cut.arc", *AGENT)
    assert outcome.code == 1
    assert "1 archive is damaged: what can be read was read." in outcome.out
    assert "could not be read: cut.arc, at byte 0: the record is cut off: " in outcome.out
    statuses = json.loads(spindrift("status", "--store", "replay.db", "--json").out)["statuses"]
    assert {name: number for name, number in statuses.items() if number} == {"FETCH_ERROR": 1}


def warc(url: str, head: str) -> bytes:
    fields = {"fetch.statusCode": ["200"], "protocol._response.headers_": [head]}
    return RecordFormat("protocol.", [], VirtualClock()).records(Capture(url, b"<title>x</title>", fields))


HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
DAMAGED = {
    "cut off": warc("http://b/", HEAD) + warc("http://b/2", HEAD)[:-100],
    "no archive": b"nothing of the kind",
    "without offsets": gzip.compress(gzip.decompress(warc("http://b/", HEAD)) * 2),
    "no answer in a record": warc("http://b/", HEAD)
    + gzip.compress(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://b/2\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        b"WARC-Record-ID: <urn:x>\r\nContent-Type: application/http\r\nContent-Length: 5\r\n\r\nwrong\r\n\r\n"
    ),
}


@pytest.mark.parametrize("options", [("--filters", "none.json"), ()])
@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_what_can_be_read_of_damaged_archives_is_replayed(
    spindrift: Run, tmp_path: Path, damaged: bytes, options: tuple[str, ...]
) -> None:
    (tmp_path / "none.json").write_text('{"x.URLFilters": []}')
    (tmp_path / "1.warc.gz").write_bytes(damaged)
    (tmp_path / "2.warc.gz").write_bytes(warc("http://a/", HEAD))
    outcome = spindrift("replay", "1.warc.gz", "2.warc.gz", "--json", *options, *AGENT)
    summary = json.loads(outcome.out)
    assert (outcome.code, summary["damaged"]) == (1, 1)
    if not options:
        assert json.loads(spindrift("status", "http://a/", "--store", "replay.db", "--json").out)["status"] == "FETCHED"


def test_of_archives_of_which_nothing_can_be_read_each_is_told(spindrift: Run, tmp_path: Path) -> None:
    for name in ("1.warc", "2.warc"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
    outcome = spindrift("replay", "1.warc", "2.warc")
    assert outcome.code == 1
    assert [line.split(",")[0] for line in outcome.err.splitlines()] == ["error: 1.warc", "error: 2.warc"]


def test_a_file_that_is_not_there_is_told_before_the_store(spindrift: Run, archived: str) -> None:
    assert spindrift("replay", "warc").code == 0
    assert "holds a crawl already" in spindrift("replay", "warc").err
    outcome = spindrift("replay", "nope")
    assert outcome.code == 1
    assert "nope: there is no such file" in outcome.err
