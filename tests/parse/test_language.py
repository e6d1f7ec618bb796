"""The language of a page."""

import pytest

from spindrift.parse.language import declared_language, detect_language, language_probabilities


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("en-US",), "en"),
        (("de_AT",), "de"),
        ((None, "", "FR"), "fr"),
        (("en, de",), "en"),
        (("english", "sv"), "sv"),
        (("und", "x-default", "<?php"), None),
        ((), None),
    ],
)
def test_the_first_declaration_that_names_a_language_counts(
    values: tuple[str | None, ...], expected: str | None
) -> None:
    assert declared_language(*values) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The quick brown fox jumps over the lazy dog, and then the other dog sleeps all day long in the sun.", "en"),
        ("Der schnelle braune Fuchs springt über den faulen Hund, und dann schläft der andere den ganzen Tag.", "de"),
        ("Two words", None),
        ("xkcd qwpo zmnv lkjh asdf qwer zxcv poiu mnbv lkjh gfds trew yuio hjkl zxcv " * 3, None),
        ("1 2 3 4 5 " * 20, None),
    ],
)
def test_text_has_a_language_where_it_is_long_and_plain_enough(text: str, expected: str | None) -> None:
    assert detect_language(text) == expected


def test_the_probabilities_of_a_text_add_up_to_one_with_the_likeliest_language_first() -> None:
    text = "Vi har en stor have med blomster, og solen skinner i dag over byen og fjorden her."
    found = language_probabilities(text)
    assert found[0][0] == detect_language(text) == "da"
    probabilities = [probability for _, probability in found]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    assert language_probabilities("Two words") == []
