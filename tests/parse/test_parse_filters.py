"""The chain of parse filters."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from spindrift.conf import Settings
from spindrift.filtering import LoadedFilter
from spindrift.parse.filters import ParseFilterError, ParseFilters
from spindrift.parse.page import Page, Part


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


def written(change: Callable[[Page], object]) -> Page:
    page = Page("http://a.example/", b"", {"old": ["1"]})
    ParseFilters([LoadedFilter("mine", SimpleNamespace(filter=change))]).filter(page)
    return page


def test_a_text_or_a_number_that_a_filter_writes_is_one_value() -> None:
    page = written(lambda page: page.metadata.update(words="13", count=5, good=True))  # type: ignore[call-overload]
    assert page.metadata == {"old": ["1"], "words": ["13"], "count": ["5"], "good": ["true"]}
    part = written(lambda page: page.parts.append(Part("http://a.example/1", "", {"n": 7})))  # type: ignore[dict-item]
    assert part.parts[0].metadata == {"n": ["7"]}


def test_the_next_filter_sees_lists_of_texts() -> None:
    seen = []
    chain = [
        LoadedFilter("writes", SimpleNamespace(filter=lambda page: page.metadata.update(words=13))),
        LoadedFilter("reads", SimpleNamespace(filter=lambda page: seen.append(page.metadata["words"]))),
    ]
    ParseFilters(chain).filter(Page("http://a.example/", b"", {}))
    assert seen == [["13"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda page: page.metadata.update(words={"a": 1}), "set words to {'a': 1}; expected a list of texts"),
        (lambda page: page.metadata.update(words=None), "set words to None; expected a list of texts"),
        (lambda page: setattr(page, "metadata", None), "set metadata to None; expected a list of texts"),
        (lambda page: setattr(page, "text", None), "set the text to None; expected a text"),
        (lambda page: page.parts.append("x"), "set parts to ['x']; expected a list of Part with a URL each"),
        (lambda page: setattr(page, "parts", None), "set parts to None; expected a list of Part with a URL each"),
        (
            lambda page: page.parts.append(Part("http://a.example/1", "", {"n": None})),  # type: ignore[dict-item]
            "set n to None; expected a list of texts",
        ),
    ],
)
def test_what_no_page_can_have_is_an_error_of_the_filter(change: Callable[[Page], object], said: str) -> None:
    with pytest.raises(ParseFilterError) as error:
        written(change)
    assert str(error.value) == f"parse filter mine {said}"
