"""Percent-encoding, and the elements of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.urls.escapes import escape_unsafe, unescape_unreserved
from spindrift.urls.query import path_parameters_to_query, without_elements

ESCAPED = st.lists(st.sampled_from([*"%%%%0123456789AaFfu", "%41", "%u0041", "%25", "é"]), max_size=20).map("".join)


def test_only_unreserved_characters_are_unescaped() -> None:
    assert unescape_unreserved("%41%7e%2d%2F%3f%c3%A9%zz") == "A~-%2F%3F%C3%A9%zz"


def test_an_escape_that_unescaping_completes_is_unescaped_too() -> None:
    assert unescape_unreserved("%%34%31") == "A"


def test_text_that_unescapes_again_and_again_is_given_up() -> None:
    assert unescape_unreserved("%3" * 50 + "1") is None


@given(ESCAPED)
def test_unescaping_twice_is_unescaping_once(text: str) -> None:
    once = unescape_unreserved(text)
    assert once is None or unescape_unreserved(once) == once


@given(st.text())
def test_what_is_escaped_is_ascii_without_spaces_and_stays(text: str) -> None:
    escaped = escape_unsafe(text)
    assert escaped.isascii()
    assert not set(escaped) & set(" \t\n[]\\|")
    assert escape_unsafe(escaped) == escaped


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/a/b;x=1;y=2", "", ("/a/b", "x=1&y=2")),
        ("/a/b;x=1", "q=3", ("/a/b", "q=3&x=1")),
        ("/a;x=1/b", "q=3", ("/a;x=1/b", "q=3")),
        ("/a;", "", ("/a", "")),
        ("", "", ("", "")),
    ],
)
def test_parameters_of_the_last_path_element_become_query_elements(
    path: str, query: str, expected: tuple[str, str]
) -> None:
    assert path_parameters_to_query(path, query) == expected


def test_elements_that_stay_keep_their_spelling_and_are_sorted_by_name() -> None:
    assert without_elements("b=%20+&&c&a=1;2&%64=x", {"d"}, hashes=False) == "a=1;2&b=%20+&c"
    assert without_elements("x=2&x=1", set(), hashes=False) == "x=2&x=1"


def test_hashes_are_32_hexadecimal_digits() -> None:
    digest = "0123456789abcdefABCDEF0123456789"
    assert without_elements(f"s={digest}&t={digest}0&u={digest[1:]}&{digest}", set(), hashes=True) == (
        f"{digest}&t={digest}0&u={digest[1:]}"
    )
