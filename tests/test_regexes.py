"""Regular expressions of users: RE2's, with what Java writes differently translated or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.regexes import FirstMatch, FullMatches, compile_regex


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?i)\.GIF$", "a.gif"),
        (r"\u0061b\Z", "xab"),
        (r"(?<year>\d{4})", "2024"),
        (r"\Qa.b\E", "a.b"),
        (r"[\[\]]", "]"),
        (r"[[:alpha:]]", "x"),
        (r"\p{L}", "é"),
    ],
)
def test_what_java_and_re2_share_or_can_be_translated_is_found(pattern: str, text: str) -> None:
    assert compile_regex(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (r"(a)\1", "back-references are not available"),
        ("a(?=b)", "look-arounds are not available"),
        ("(?<!a)b", "look-arounds are not available"),
        ("a++", "possessive"),
        ("(?>a)", "possessive"),
        ("(", "missing )"),
        ("[a-z&&[^b]]", "a class within a class"),
        ("[a[bc]]", "a class within a class"),
        ("\ud800", "not a usable regular expression"),
    ],
)
def test_what_cannot_be_run_is_told_with_the_reason(pattern: str, told: str) -> None:
    with pytest.raises(ValueError, match="not a usable regular expression") as caught:
        compile_regex(pattern)
    assert told in str(caught.value)


def test_the_library_behind_says_nothing_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="missing"):
        compile_regex("(")
    with pytest.raises(ValueError, match="missing"):
        FirstMatch(["a", "("])
    assert capfd.readouterr() == ("", "")


def test_an_escaped_backslash_is_no_escape() -> None:
    assert compile_regex(r"^\\u0061$").search(r"\u0061")
    assert compile_regex(r"^\\Z$").search(r"\Z")


PATTERNS = st.lists(st.sampled_from(["a", "^b", "c$", "ab|d", "(?i)e", ".", ".+", "", "x{3}"]), max_size=5)


@given(PATTERNS, st.text(alphabet="abcdeEx\né\ud800", max_size=8))
def test_the_first_of_the_patterns_that_is_found(patterns: list[str], text: str) -> None:
    plain = text.encode("utf-8", "replace")
    found = [index for index, pattern in enumerate(patterns) if compile_regex(pattern).search(plain)]
    assert FirstMatch(patterns).search(text) == (found[0] if found else None)


def test_patterns_that_do_not_fit_into_one_automaton_are_tried_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spindrift.regexes._SET_MEMORY", 20_000)
    many = [f"(a|b|c){{1,9}}x{number}y" for number in range(200)]
    assert FirstMatch([*many, "."]).search("abcx150y") == 150
    assert FirstMatch([*many, "."]).search("q") == 200


def test_all_patterns_that_match_a_whole_text_are_found() -> None:
    matches = FullMatches(["a|ab", "a.*", "b", ".*b$", ""])
    assert matches.matching("ab") == {0, 1, 3}
    assert matches.matching("") == {4}
    assert matches.matching("ab\n") == frozenset()
    assert FullMatches([]).matching("a") == frozenset()
