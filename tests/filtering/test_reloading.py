"""Filter files are read again while the crawl runs, when they have changed and are right."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filtering import URLFilters
from spindrift.parse.filters import ParseFilters
from spindrift.parse.page import Page

LOGGER = "spindrift.filtering.reloading"


class Crawl:
    """A project with a filter file, its URL filters, and a clock moved by hand."""

    def __init__(self, folder: Path, rules: str = "+.", conf: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.clock = VirtualClock()
        self.write("rules.txt", rules)
        self.configure({"class": "RegexURLFilter", "params": {"regexFilterFile": "rules.txt"}})
        settings = {"spindrift.project.dir": str(folder), "urlfilters.config.file": "mine.json"}
        self.filters = URLFilters.from_settings(Settings(settings | (conf or {})), self.clock)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        self._written = getattr(self, "_written", 0) + 1
        # File systems may count time in seconds; a change always has another one here.
        os.utime(path, (self._written, self._written))

    def configure(self, *entries: Any) -> None:
        self.write("mine.json", json.dumps({"any.URLFilters": list(entries)}))

    def keeps(self, url: str = "http://a.org/", page: str = "") -> bool:
        return self.filters.filter(page or f"http://s.org/{self.clock.time()}", {}, url) is not None

    def later(self, looks: int = 2) -> None:
        """So much later that the files were looked at that often, page after page."""
        for _ in range(looks):
            self.clock.advance(2)
            self.keeps()


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    return Crawl(tmp_path)


def test_a_changed_file_is_in_use_after_two_looks(crawl: Crawl) -> None:
    assert crawl.keeps()
    crawl.configure({"class": "RegexURLFilter", "params": {"urlFilters": ["-."]}})
    crawl.later(looks=1)
    assert crawl.keeps()
    crawl.later(looks=1)
    assert not crawl.keeps()


def test_a_file_that_a_filter_names_is_watched_too(crawl: Crawl) -> None:
    crawl.write("rules.txt", "-.")
    crawl.later()
    assert not crawl.keeps()


def test_a_file_is_not_taken_while_it_is_being_written(crawl: Crawl) -> None:
    for text in ("-a", "-a\n-b", "-a\n-b\n+."):
        crawl.write("rules.txt", text)
        crawl.later(looks=1)
        assert crawl.keeps("http://c.org/")
    crawl.later(looks=1)
    assert not crawl.keeps("http://a.org/")


def test_the_files_are_not_looked_at_before_it_is_time(crawl: Crawl) -> None:
    crawl.write("rules.txt", "-.")
    for _ in range(100):
        crawl.clock.advance(0.001)
        assert crawl.keeps()


def test_all_links_of_a_page_are_judged_by_the_same_filters(crawl: Crawl) -> None:
    crawl.write("rules.txt", "-.")
    page = "http://s.org/one"
    assert crawl.keeps(page=page)
    for _ in range(3):
        crawl.clock.advance(2)
        assert crawl.keeps(page=page)
    crawl.later()
    assert not crawl.keeps()


def test_a_file_with_mistakes_changes_nothing_and_the_reason_is_logged_once(
    crawl: Crawl, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        crawl.configure({"class": "MaxDepthFiltr"}, {"class": "SelfURLFilter", "name": 1})
        crawl.later(looks=10)
    assert crawl.keeps()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "URL filters (mine.json) changed, but cannot be used; the old ones stay" in record.message
    assert 'did you mean "MaxDepthFilter"?' in record.message
    assert "/any.URLFilters/1/name" in record.message


def test_each_version_with_mistakes_is_told_and_then_the_right_one_is_used(
    crawl: Crawl, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        for rules in ("-(", "-)", "-."):
            crawl.write("rules.txt", rules)
            crawl.later(looks=4)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR", "WARNING"]
    assert not crawl.keeps()


def test_that_a_change_is_in_use_is_told_once_whoever_follows_the_files(
    crawl: Crawl, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[str]:
        return [record.getMessage() for record in caplog.records]

    crawl.write("rules.txt", "-.")
    crawl.later()
    (said,) = told()
    assert said.startswith("URL filters (mine.json) changed, and are in use now (")
    assert f"{crawl.folder / 'rules.txt'} of " in said
    # From the process of a component comes the same text, by the same logger.
    logging.getLogger(LOGGER).warning("%s", said)
    assert told() == [said]
    crawl.write("rules.txt", "+.")
    crawl.later()
    assert len(told()) == 2


def test_a_mistake_can_be_mended_in_a_file_that_only_the_new_version_names(crawl: Crawl) -> None:
    crawl.configure({"class": "RegexURLFilter", "params": {"regexFilterFile": "others.txt"}})
    crawl.later()
    assert crawl.keeps()
    crawl.write("others.txt", "-.")
    crawl.later()
    assert not crawl.keeps()


def test_a_file_that_vanishes_changes_nothing(crawl: Crawl, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, LOGGER):
        (crawl.folder / "mine.json").unlink()
        crawl.later(looks=4)
    assert crawl.keeps()
    assert "there is no file" in caplog.text


def test_a_file_that_appears_where_it_is_looked_for_first_is_taken(crawl: Crawl) -> None:
    crawl.configure({"class": "RegexURLFilter"})
    crawl.later()
    assert crawl.keeps()
    crawl.write("default-regex-filters.txt", "-.")
    crawl.later()
    assert not crawl.keeps()


def test_what_the_configuration_adds_stays(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, "+.", {"urlfilters.same": "host"})
    crawl.write("rules.txt", "-b\n+.")
    crawl.later()
    assert crawl.filters.filter("http://a.org/", {}, "http://a.org/") == "http://a.org/"
    assert crawl.filters.verdict("http://a.org/", {}, "http://c.org/").by == "urlfilters.same"


def test_remembered_answers_are_forgotten_and_errors_still_counted(crawl: Crawl) -> None:
    crawl.filters.refused_by_error["x"] = 3
    assert crawl.keeps("http://a.org/")
    crawl.write("rules.txt", "-.")
    crawl.later()
    assert not crawl.keeps("http://a.org/")
    assert crawl.filters.refused_by_error["x"] == 3


def test_seeds_have_no_page_and_are_judged_by_the_newest_filters(crawl: Crawl) -> None:
    crawl.write("rules.txt", "-.")
    for _ in range(3):
        answer = crawl.filters.filter(None, {}, "http://a.org/")
        crawl.clock.advance(2)
    assert answer is None


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, "+.", {"filters.reload.interval": -1})
    crawl.write("rules.txt", "-.")
    crawl.later(looks=10)
    assert crawl.keeps()


def test_the_first_file_has_to_be_right(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        Crawl(tmp_path, rules="-(")


def test_parse_filters_follow_their_file_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, file = VirtualClock(), tmp_path / "pages.json"

    def write(version: int, entries: list[Any]) -> None:
        file.write_text(json.dumps({"any.ParseFilters": entries}))
        os.utime(file, (version, version))

    def domain_of_a_page() -> bool:
        clock.advance(2)
        page = Page("http://a.org/", b"", {})
        filters.filter(page)
        return "domain" in page.metadata

    write(1, [])
    filters = ParseFilters.from_settings(Settings({"parsefilters.config.file": str(file)}), clock)
    assert not domain_of_a_page()
    write(2, [{"class": "DomainParseFilter"}])
    assert [domain_of_a_page() for _ in range(2)] == [False, True]
    with caplog.at_level(logging.ERROR, LOGGER):
        write(3, [{"class": "None"}])
        assert [domain_of_a_page() for _ in range(3)] == [True] * 3
    assert caplog.text.count("cannot be used") == 1
