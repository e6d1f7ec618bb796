"""The parser bolt: what it emits for a fetched page."""

import json
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spindrift.bolts.parse import ParserBolt
from spindrift.metadata import Metadata, copy
from spindrift.parse.page import Link, Page, Part
from spindrift.testing import BoltRun, run_bolt

URL = "http://a.example/"
HTML = {"protocol.content-type": ["text/html; charset=utf-8"]}


class AddingFilter:
    """A user's parse filter: adds a link, and metadata."""

    def filter(self, page: Page) -> None:
        page.links.append(Link("http://added.example/#fragment"))
        page.metadata["seen"] = [link.url for link in page.links]


class PartsFilter:
    """A user's parse filter: finds documents within the page."""

    def filter(self, page: Page) -> None:
        one = Part(page.url + "#1", "text of one", {"parse.title": ["one"]})
        page.parts += [one, one, Part(page.url, "the page itself"), Part(page.url + "#2", "text of two")]


class WritingFilter:
    """A user's parse filter that writes what is no metadata."""

    def filter(self, page: Page) -> None:
        page.metadata["words"] = None  # type: ignore[assignment]


class RaisingFilter:
    """A user's parse filter with a mistake."""

    def filter(self, page: Page) -> None:
        page.metadata["half"] = ["done"]
        raise KeyError("oops")


def run(
    html: bytes | str, metadata: Metadata | None = None, conf: dict[str, Any] | None = None, url: str = URL
) -> list[tuple[str, list[Any]]]:
    content = html.encode() if isinstance(html, str) else html
    with parser(conf or {}) as bolt:
        tup = bolt.send(url=url, content=content, metadata=HTML if metadata is None else metadata)
    assert bolt.acked == [tup]
    return emitted(bolt)


def parser(conf: dict[str, Any]) -> AbstractContextManager[BoltRun]:
    return run_bolt(ParserBolt, {"urlfilters.config.file": "", "parsefilters.config.file": "", **conf})


def emitted(bolt: BoltRun) -> list[tuple[str, list[Any]]]:
    """Streams and values, in order."""
    return [(each.stream, list(each.values)) for each in bolt.emissions]


def filter_file(folder: Path, wrapper: str, *filters: dict[str, Any]) -> str:
    file = folder / f"{wrapper}.json"
    file.write_text(json.dumps({wrapper: filters}))
    return str(file)


def parse_filters(folder: Path, name: str) -> dict[str, Any]:
    entry = {"class": f"{__name__}.{name}", "name": "mine"}
    return {"parsefilters.config.file": filter_file(folder, "ParseFilters", entry)}


@pytest.fixture(autouse=True)
def importable_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets filter files name the classes above, under whatever name pytest imported this file."""
    classes = (AddingFilter, PartsFilter, RaisingFilter, WritingFilter)
    filters = {filter_class.__name__: filter_class for filter_class in classes}
    module = SimpleNamespace(**filters, __name__=__name__)
    monkeypatch.setitem(sys.modules, __name__, module)


def test_links_come_first_then_the_page() -> None:
    metadata = {**HTML, "depth": ["1"]}
    before = copy(metadata)
    first, second, page = run("<title>T</title><a href=/1>one</a> text <a href=//b.example/>two</a>", metadata)
    assert first == (
        "status",
        ["http://a.example/1", {"depth": ["2"], "url.path": [URL], "anchors": ["one"]}, "DISCOVERED"],
    )
    assert second[1][0] == "http://b.example/"
    stream, (url, content, page_metadata, text) = page
    assert (stream, url, text) == ("default", URL, "one text two")
    assert content.startswith(b"<title>")
    assert page_metadata["parse.title"] == ["T"]
    assert page_metadata["depth"] == ["1"]
    assert metadata == before


def test_url_filters_decide_on_links(tmp_path: Path) -> None:
    entry = {"class": "HostURLFilter", "params": {"ignoreOutsideHost": True}}
    conf = {"urlfilters.config.file": filter_file(tmp_path, "URLFilters", entry)}
    emitted = run("<a href=/1>x</a><a href=http://b.example/>y</a>", conf=conf)
    assert [values[0] for stream, values in emitted if stream == "status"] == ["http://a.example/1"]


def test_links_of_parse_filters_are_filtered_too_and_their_metadata_counts(tmp_path: Path) -> None:
    entry = {"class": "BasicURLNormalizer"}
    conf = {"urlfilters.config.file": filter_file(tmp_path, "URLFilters", entry), "metadata.transfer": ["seen"]}
    emitted = run("<a href=/1#x>x</a>", conf={**conf, **parse_filters(tmp_path, "AddingFilter")})
    seen = ["http://a.example/1", "http://added.example/#fragment"]
    assert [values[0] for stream, values in emitted if stream == "status"] == [seen[0], "http://added.example/"]
    assert emitted[0][1][1]["seen"] == seen
    assert emitted[-1][1][2]["seen"] == seen


def test_filter_files_that_change_are_in_use_two_pages_later(tmp_path: Path) -> None:
    """As the interval is 0, each page is a look."""
    conf = {
        "urlfilters.config.file": filter_file(tmp_path, "URLFilters"),
        "parsefilters.config.file": filter_file(tmp_path, "ParseFilters"),
        "filters.reload.interval": 0,
    }
    seen: list[tuple[int, bool]] = []
    with parser(conf) as bolt:
        filter_file(tmp_path, "URLFilters", {"class": "HostURLFilter", "params": {"ignoreOutsideHost": True}})
        filter_file(tmp_path, "ParseFilters", {"class": "DomainParseFilter"})
        for number in range(3):
            bolt.clear()
            bolt.send(url=f"{URL}{number}", content=b"<a href=http://b.example/>y</a>", metadata=HTML)
            seen.append((len(bolt.emitted("status")), "domain" in bolt.emitted()[-1].metadata))
    assert seen == [(1, False), (0, True), (0, True)]


def test_a_parse_filter_that_raises_makes_the_page_an_error(tmp_path: Path) -> None:
    ((stream, (url, metadata, status)),) = run("<a href=/1>x</a>", conf=parse_filters(tmp_path, "RaisingFilter"))
    assert (stream, url, status) == ("status", URL, "ERROR")
    assert metadata["error.cause"] == metadata["error.source"] == ["content filtering"]
    assert metadata["error.message"] == ["http://a.example/: parse filter mine raised KeyError: 'oops'"]
    assert "half" not in metadata


def test_a_bug_in_the_parser_makes_the_page_an_error() -> None:
    ((stream, (url, metadata, status)),) = run(None)  # type: ignore[arg-type]
    assert (stream, url, status) == ("status", URL, "ERROR")
    assert metadata["error.cause"] == ["content parsing"]


def test_another_type_is_an_error() -> None:
    ((stream, (url, metadata, status)),) = run(b"%PDF-1.7")
    assert (stream, url, status) == ("status", URL, "ERROR")
    assert metadata["error.cause"] == metadata["error.source"] == ["content-type checking"]
    assert "application/pdf" in metadata["error.message"][0]
    assert metadata["parse.Content-Type"] == ["application/pdf"]


def test_binary_data_declared_as_html_is_an_error_that_says_so() -> None:
    ((stream, (url, metadata, status)),) = run(bytes(range(256)) * 20)
    assert (stream, url, status) == ("status", URL, "ERROR")
    assert metadata["error.cause"] == ["content-type checking"]
    assert "is application/octet-stream by its bytes, though declared as text/html" in metadata["error.message"][0]


def test_another_type_is_passed_on_where_wanted() -> None:
    ((stream, values),) = run(b"%PDF-1.7", conf={"jsoup.treat.non.html.as.error": False})
    assert stream == "default"
    assert values[:2] == [URL, b"%PDF-1.7"]
    assert values[3] == ""


def test_a_plain_text_is_passed_on_with_its_text() -> None:
    plain = {"protocol.content-type": ["text/plain; charset=iso-8859-1"], "protocol.x-robots-tag": ["noindex"]}
    conf = {"jsoup.treat.non.html.as.error": False, "textextractor.skip.after": 9}
    ((stream, values),) = run(b"caf\xe9 <b>\n\n of\tit", plain, conf)
    assert (stream, values[3]) == ("default", "café <b>")
    assert values[2]["parse.Content-Type"] == ["text/plain"]
    assert values[2]["robots.noIndex"] == ["true"]


def test_documents_within_a_page_follow_it(tmp_path: Path) -> None:
    page, first, second = run("<title>T</title>all", conf=parse_filters(tmp_path, "PartsFilter"))
    assert page[1][0] == URL
    assert first == (
        "default",
        [
            "http://a.example/#1",
            b"",
            {
                "parse.partOf": [URL],
                "status.store.as.is.with.nextfetchdate": ["9999-01-01T00:00:00Z"],
                "parse.title": ["one"],
            },
            "text of one",
        ],
    )
    assert second[1][0] == "http://a.example/#2"


def test_no_part_of_a_page_that_must_not_be_indexed_is(tmp_path: Path) -> None:
    emitted = run("<meta name=robots content=noindex>", conf=parse_filters(tmp_path, "PartsFilter"))
    assert [values[2]["robots.noIndex"] for _, values in emitted] == [["true"]] * 3


def test_a_meta_refresh_is_a_redirection() -> None:
    page = '<meta http-equiv="refresh" content="0;url=/there"><a href=/1>x</a>'
    discovered, (stream, (url, metadata, status)) = run(page)
    assert discovered == ("status", ["http://a.example/there", {"depth": ["1"], "url.path": [URL]}, "DISCOVERED"])
    assert (stream, url, status) == ("status", URL, "REDIRECTION")
    assert metadata["_redirTo"] == ["http://a.example/there"]


def test_the_target_of_a_redirection_is_emitted_only_where_allowed() -> None:
    page = '<meta http-equiv="refresh" content="0;url=/there">'
    ((_, (url, _, status)),) = run(page, conf={"redirections.allowed": False})
    assert (url, status) == (URL, "REDIRECTION")


@pytest.mark.parametrize(
    ("html", "statuses"),
    [("<a href=/>itself</a>", []), ("%PDF-", ["ERROR"]), ('<meta http-equiv=refresh content="0;/x">', ["REDIRECTION"])],
)
def test_a_page_has_one_status_at_most(html: str, statuses: list[str]) -> None:
    emitted = run(html)
    assert [values[2] for stream, values in emitted if stream == "status" and values[0] == URL] == statuses
    assert len([stream for stream, _ in emitted if stream == "default"]) == 1 - len(statuses)


def test_what_a_parse_filter_wrote_is_told_without_a_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ((_, (_, metadata, status)),) = run("<p>x", conf=parse_filters(tmp_path, "WritingFilter"))
    assert status == "ERROR"
    assert metadata["error.message"][0].endswith("set words to None; expected a list of texts")
    assert "set words to None" in caplog.text
    assert "Traceback" not in caplog.text
