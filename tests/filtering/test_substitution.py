"""Replacing by users' patterns: Java's rules, in linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.filtering.substitution import LONGEST, Rule, Substitutions


def apply(text: str, *rules: tuple[str, str]) -> str | None:
    return Substitutions([Rule(*rule) for rule in rules]).apply(text)


@pytest.mark.parametrize(
    ("pattern", "substitution", "text", "expected"),
    [
        ("b", "x", "abcb", "axcx"),
        ("(a)(b)?", "<$1$2>", "abac", "<ab><a>c"),
        ("(?<year>[0-9]+)", "${year}!", "in 2024", "in 2024!"),
        ("(?i)([?&])sid=[0-9a-f]+&?", "$1", "/a?sid=12ab&x=1", "/a?x=1"),
        ("a", r"\$1\\", "a", "$1\\"),
        ("a", "$0$0", "ba", "baa"),
        ("(a)", "$12", "a", "a2"),
        ("^a", "x", "aaa", "xaa"),
        ("a$", "x", "aaa", "aax"),
        (r"\bb", "x", "ab b", "ab x"),
        ("x*", "-", "abc", "-a-b-c-"),
        ("b*", "-", "abc", "-a--c-"),
        ("x*", "-", "äö", "-ä-ö-"),
        ("$", "/", "ab", "ab/"),
        ("ö", "oe", "schön", "schoen"),
        ("", "-", "", "-"),
    ],
)
def test_everything_that_is_found_is_replaced_as_in_java(
    pattern: str, substitution: str, text: str, expected: str
) -> None:
    assert apply(text, (pattern, substitution)) == expected


def test_each_rule_is_applied_to_what_the_one_before_made() -> None:
    assert apply("a", ("a", "b"), ("b", "c"), ("a", "d")) == "c"
    assert apply("b", ("a", "b"), ("b", "c")) == "c"


def test_what_no_rule_is_found_in_stays_as_it_is_even_if_it_is_no_text() -> None:
    assert apply("\ud800", ("a", "b")) == "\ud800"
    assert apply("x\ud800a", ("a", "b")) == "x?b"
    assert apply("x") == "x"


@pytest.mark.parametrize(
    ("pattern", "substitution", "told"),
    [
        ("(", "", "not a usable regular expression"),
        ("(?<!:)/{2,}", "/", "look-arounds are not available"),
        ("a", "$", r"\$ stands alone"),
        ("a", "$x", r"\$ stands alone"),
        ("a", "b\\", "stands alone"),
        ("a", "$1", "has 0 groups, not 1"),
        ("(a)", "$9", "has 1 groups, not 9"),
        ("(a)", "${no}", 'has no group "no"'),
    ],
)
def test_mistakes_are_told(pattern: str, substitution: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        apply("", (pattern, substitution))


def test_rules_that_make_a_url_endless_are_stopped() -> None:
    doubling = [("(.+)", "$1$1")] * 40
    assert apply("ab", *doubling) is None
    assert apply("a" * LONGEST, ("a", "aa")) is None


def test_a_long_url_may_stay_as_long_as_it_is() -> None:
    assert apply("a" + "b" * LONGEST, ("a", "c")) == "c" + "b" * LONGEST


def test_what_is_found_too_often_in_a_long_url_is_not_replaced_for_minutes() -> None:
    assert apply("ab" * 2000, ("a", "c")) == "cb" * 2000
    assert apply("ab" * LONGEST, ("a", "c")) is None


@pytest.mark.parametrize("pattern", ["(a+)+$", "(x.*y)|x", "a*", "(.*)(.*)(.*)b"])
def test_no_pattern_takes_more_than_linear_time(pattern: str) -> None:
    """The time limit of the tests is what would fail: to search all the rest for each match takes minutes."""
    for text in ("a" * 500_000 + "c", "x" * 500_000):
        apply(text, (pattern, "z"))


@given(
    st.text(alphabet="abcä€\n/?&=", max_size=20), st.sampled_from(["a", "a*", "(a|b)c", "[^a]", "ä", "b?", "^", "$"])
)
def test_it_does_as_python_does(text: str, pattern: str) -> None:
    """Where `$` is the end, as in RE2."""
    expected = re.sub(pattern.replace("$", r"\Z"), "<>", text)
    assert apply(text, (pattern, "<>")) == expected
