"""URL filters in a row."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filtering import LoadedFilter, URLFilters, Verdict
from spindrift.metadata import Metadata
from tests.filtering.own_filters import Raising, Shouting, Truthy

SOURCE = "http://example.org/"


class Appending:
    """Appends a letter; refuses what holds another."""

    def __init__(self, letter: str, refused: str = "", depends_on_source: bool = True) -> None:
        self._letter = letter
        self._refused = refused
        self.depends_on_source = depends_on_source
        self.calls = 0

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        self.calls += 1
        return None if self._refused and self._refused in url else url + self._letter


def chain(**filters: object) -> URLFilters:
    return URLFilters([LoadedFilter(name, instance) for name, instance in filters.items()])


def test_each_filter_is_given_what_the_one_before_made() -> None:
    filters = chain(a=Appending("a"), shout=Shouting(), b=Appending("b"))
    assert filters.filter(SOURCE, {}, "http://x/") == "HTTP://X/Ab"
    assert filters.verdict(SOURCE, {}, "http://x/") == Verdict("HTTP://X/Ab", None)
    assert filters.names == ("a", "shout", "b")


def test_none_ends_it_and_the_verdict_says_who() -> None:
    last = Appending("c")
    filters = chain(a=Appending("a"), b=Appending("b", refused="/a"), c=last)
    assert filters.filter(SOURCE, {}, "http://x/") is None
    assert filters.verdict(SOURCE, {}, "http://x/") == Verdict(None, "b")
    assert last.calls == 0


def test_no_filters_pass_everything() -> None:
    assert URLFilters().filter(None, {}, "x") == "x"
    assert URLFilters.from_settings(Settings({"urlfilters.config.file": ""})).names == ()


@pytest.mark.parametrize("broken", [Raising(), Truthy()])
def test_a_filter_that_raises_refuses_the_url_and_is_counted(broken: object) -> None:
    filters = chain(broken=broken)
    assert filters.verdict(SOURCE, {}, "bad") == Verdict(None, "broken")
    assert filters.filter(SOURCE, {}, "bad") is None
    assert filters.refused_by_error == {"broken": 2}


class Exiting:
    """Raises what would end the program."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        raise self._error


class Own(BaseException):
    """No Exception."""


@pytest.mark.parametrize("error", [SystemExit(3), Own()])
def test_not_even_sys_exit_in_a_filter_ends_the_program(error: BaseException) -> None:
    filters = chain(exiting=Exiting(error))
    assert filters.filter(None, {}, "x") is None
    assert filters.verdict(None, {}, "x") == Verdict(None, "exiting")
    assert filters.refused_by_error == {"exiting": 2}


def test_ctrl_c_ends_it_where_there_can_be_one() -> None:
    filters = chain(exiting=Exiting(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        filters.filter(None, {}, "x")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(filters.filter, None, {}, "x").result() is None
    assert filters.refused_by_error == {"exiting": 1}


def test_a_filter_that_always_raises_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    filters = chain(broken=Raising())
    with caplog.at_level(logging.ERROR):
        for _ in range(500):
            filters.filter(SOURCE, {}, "bad")
    assert filters.refused_by_error["broken"] == 500
    assert len(caplog.records) == 3
    assert "broken raised" in caplog.text
    assert "no good" in caplog.text


def test_what_is_no_url_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert chain(broken=Truthy()).filter(SOURCE, {}, "bad") is None
    (record,) = caplog.records
    told = "broken returned True (right is the URL to go on with, or None to refuse it), so 'bad' is refused"
    assert told in record.getMessage()
    assert "Traceback" not in caplog.text


class Making:
    """Makes the same of every URL."""

    def __init__(self, made: str) -> None:
        self._made = made

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return self._made


NO_URLS = ["", "/x", "a.example/x", "//a.example/", "http://", "http:///x", "http:a", "mailto:a@b.example"]
NO_URLS += [
    "http://a.example/\x1b[31m",
    "http://a.example/\n",
    "http://a.example/\0",
    "http://a b/",
    "ftp://a.example/",
]


@pytest.mark.parametrize("made", NO_URLS)
def test_a_filter_that_makes_what_is_no_url_refuses_it_and_is_counted(
    made: str, caplog: pytest.LogCaptureFixture
) -> None:
    filters = chain(first=Appending("a"), broken=Making(made), last=Appending("b"))
    assert filters.verdict(SOURCE, {}, "http://a.example/") == Verdict(None, "broken")
    assert filters.filter(SOURCE, {}, "http://a.example/") is None
    assert filters.refused_by_error == {"broken": 2}
    assert f"broken made {made!r} of it, which is no absolute URL that can be fetched" in caplog.text


@pytest.mark.parametrize("made", ["http://a.example", "https://[::1]:8/ä?q#f", "file:///tmp/x", "HTTP://A.example/"])
def test_a_filter_may_make_any_url_that_can_be_fetched(made: str) -> None:
    assert chain(making=Making(made)).filter(SOURCE, {}, "http://b.example/") == made


def test_answers_that_depend_on_the_url_alone_are_remembered() -> None:
    remembering, asking = Appending("a", refused="z", depends_on_source=False), Appending("b")
    filters = chain(remembering=remembering, asking=asking)
    for source in (SOURCE, "http://other.org/"):
        assert filters.filter(source, {}, "http://x/") == "http://x/ab"
        assert filters.verdict(source, {}, "z") == Verdict(None, "remembering")
    assert (remembering.calls, asking.calls) == (2, 2)


def test_a_filter_that_passes_everything_is_not_asked() -> None:
    idle = Appending("a")
    idle.passes_everything = True  # type: ignore[attr-defined]
    filters = chain(idle=idle, b=Appending("b"))
    assert filters.filter(SOURCE, {}, "http://x/") == "http://x/b"
    assert filters.names == ("idle", "b")


def test_errors_are_never_remembered() -> None:
    broken = Raising()
    broken.depends_on_source = False  # type: ignore[attr-defined]
    filters = chain(broken=broken)
    for _ in range(3):
        assert filters.filter(SOURCE, {}, "bad") is None
    assert filters.refused_by_error == {"broken": 3}


def test_the_file_of_the_configuration_is_found_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    document = {"my.URLFilters": [{"class": "SelfURLFilter", "name": "self"}]}
    (tmp_path / "resources" / "mine.json").write_text(json.dumps(document))
    settings = {"spindrift.project.dir": str(tmp_path), "urlfilters.config.file": "mine.json"}
    assert URLFilters.from_settings(Settings(settings)).names == ("self",)


def test_a_file_that_is_nowhere_is_told_with_every_place(tmp_path: Path) -> None:
    settings = Settings({"spindrift.project.dir": str(tmp_path), "urlfilters.config.file": "none.json"})
    with pytest.raises(ConfigurationError, match="looked for") as caught:
        URLFilters.from_settings(settings)
    assert str(tmp_path / "none.json") in str(caught.value)


DEFAULT = URLFilters.from_settings(Settings({}))


def test_the_default_filters_let_pages_pass_in_normal_form() -> None:
    assert DEFAULT.verdict(SOURCE, {}, "HTTP://Example.org/a/../b#c") == Verdict("http://example.org/b", None)
    assert DEFAULT.verdict(SOURCE, {}, "http://localhost:8000/") == Verdict("http://localhost:8000/", None)
    assert DEFAULT.verdict(SOURCE, {}, "http://example.org/x.png").by == "RegexURLFilter"
    assert DEFAULT.verdict(SOURCE, {}, "http://Example.org/#top").by == "SelfURLFilter"
    assert DEFAULT.verdict(SOURCE, {}, "http://example.org/" + "a" * 2000).by == "BasicURLFilter"
    assert DEFAULT.verdict(SOURCE, {}, "javascript:void(0)").by == "BasicURLNormalizer"


@given(st.one_of(st.none(), st.text()), st.text())
def test_no_default_filter_raises_on_any_text(source: str | None, url: str) -> None:
    DEFAULT.filter(source, {}, url)
    assert not DEFAULT.refused_by_error
