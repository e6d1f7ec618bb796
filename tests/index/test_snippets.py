"""Snippets: where they begin and end, what is marked, and that no text makes them slow."""

import time

from spindrift.index.snippets import snippet, words_of

MARKS = ("[", "]")


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("(The lazy dog.)", {"lazy"}, MARKS) == "(The [lazy] dog.)"


def test_words_are_compared_without_case_and_diacritics() -> None:
    assert list(words_of("Été 2 a_b")) == ["ete", "2", "a", "b"]
    assert snippet("L'ÉTÉ", {"ete"}, MARKS) == "L'[ÉTÉ]"


def test_the_beginning_is_shown_where_nothing_occurs() -> None:
    text = " ".join(f"w{number}" for number in range(100))
    shown = snippet(text, {"title"}, MARKS)
    assert shown.startswith("w0 w1")
    assert shown.endswith("w23…")


def test_the_passage_with_most_of_the_words_is_chosen() -> None:
    filler = " ".join(["filler"] * 50)
    shown = snippet(f"storm {filler} storm warning {filler}", {"storm", "warning"}, MARKS)
    assert "[storm] [warning]" in shown
    assert shown.startswith("…filler")
    assert shown.endswith("filler…")


def test_a_text_that_goes_on_says_so() -> None:
    assert snippet("lazy dog", {"lazy"}, MARKS, more=True) == "[lazy] dog…"


def test_no_text_at_all() -> None:
    assert snippet("", {"x"}, MARKS) == ""


def test_a_text_without_an_end_of_a_word_is_cut() -> None:
    assert len(snippet("a" * 100_000, {"b"}, MARKS)) < 1000
    assert len(snippet("." * 100_000 + "a" + "." * 100_000, {"a"}, MARKS)) < 1000


def test_a_word_that_is_repeated_without_end_takes_no_quadratic_time() -> None:
    start = time.process_time()
    snippet("x " * 50_000, {"x"}, MARKS)
    assert time.process_time() - start < 2.0, "SQLite's own takes 25 s"
