"""The chain of parse filters."""

from types import SimpleNamespace

import pytest

from spindrift.conf import Settings
from spindrift.filtering import LoadedFilter
from spindrift.parse.filters import ParseFilterError, ParseFilters
from spindrift.parse.page import Page


def test_the_filters_that_come_along_note_the_domain() -> None:
    page = Page("http://www.example.com/", b"", {})
    ParseFilters.from_settings(Settings({})).filter(page)
    assert page.metadata == {"domain": ["example.com"]}


def test_no_file_means_no_filters() -> None:
    page = Page("http://www.a.example/", b"", {})
    ParseFilters.from_settings(Settings({"parsefilters.config.file": ""})).filter(page)
    assert page.metadata == {}


def test_filters_run_in_order_and_one_that_raises_is_named() -> None:
    def add(page: Page) -> None:
        page.text += "a"

    def fail(page: Page) -> None:
        raise ValueError(page.text)

    chain = [LoadedFilter("adds", SimpleNamespace(filter=add)), LoadedFilter("fails", SimpleNamespace(filter=fail))]
    with pytest.raises(ParseFilterError, match="parse filter fails raised ValueError: a") as error:
        ParseFilters(chain).filter(Page("http://a.example/", b"", {}))
    assert error.value.name == "fails"


def test_sys_exit_in_a_filter_is_an_error_of_the_filter() -> None:
    def leave(page: Page) -> None:
        raise SystemExit(3)

    with pytest.raises(ParseFilterError, match="parse filter leaves raised SystemExit: 3"):
        ParseFilters([LoadedFilter("leaves", SimpleNamespace(filter=leave))]).filter(Page("http://a.example/", b"", {}))
