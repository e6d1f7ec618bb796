"""LanguageID: the language of a page's text into its metadata."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.parse.page import Page
from tests.filters.parse.parsed_page import load, mistakes

ENGLISH = """Whoever reads a page wants to know what it is about, and in which words. The letters of a text follow each
other in ways that differ between languages: some pairs are common in one and never seen in the next. Counting them, and
comparing what was counted with what is known of each language, is enough to tell most of them apart."""
GERMAN = """Wer eine Seite liest, möchte wissen, wovon sie handelt und in welcher Sprache sie geschrieben ist. Die
Buchstaben eines Textes folgen aufeinander, wie es die jeweilige Sprache will: manche Paare sind in der einen häufig und
kommen in der anderen nicht vor. Man zählt sie und vergleicht, was man gezählt hat, mit dem, was man von ihr weiß."""
NORDIC = "Vi har en stor have med blomster, og solen skinner i dag over byen og fjorden her."


def page(text: str, metadata: dict[str, list[str]] | None = None) -> Page:
    return Page("http://a.example/", b"", metadata or {}, text=text)


@pytest.mark.parametrize("package", ["org.apache.stormcrawler", "com.digitalpebble.stormcrawler"])
@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (GERMAN, "de")])
def test_the_language_of_the_text_is_added(tmp_path: Path, package: str, text: str, language: str) -> None:
    found = page(text)
    load(tmp_path, f"{package}.parse.filter.LanguageID").filter(found)
    assert found.metadata == {"lang": [language]}


@pytest.mark.parametrize(
    ("declared", "expected"), [("de-AT", "de"), (" FR ", "fr"), ("german", "ge"), ("x", "en"), ("  ", "en")]
)
def test_what_another_filter_extracted_goes_first(tmp_path: Path, declared: str, expected: str) -> None:
    found = page(ENGLISH, {"declared": [declared]})
    load(tmp_path, "LanguageID", {"key": "language", "extracted": "declared"}).filter(found)
    assert found.metadata["language"] == [expected]


def test_an_extracted_language_replaces_the_key_and_a_found_one_is_added(tmp_path: Path) -> None:
    extracted = page(ENGLISH, {"lang": ["old"], "parse.lang": ["sv"]})
    load(tmp_path, "LanguageID").filter(extracted)
    assert extracted.metadata["lang"] == ["sv"]
    found = page(GERMAN, {"lang": ["en"]})
    load(tmp_path, "LanguageID").filter(found)
    assert found.metadata["lang"] == ["en", "de"]


def test_a_language_that_is_not_certain_enough_is_left_out(tmp_path: Path) -> None:
    sure, unsure = page(NORDIC), page(NORDIC)
    load(tmp_path, "LanguageID", {"minProb": 0.999}).filter(sure)
    load(tmp_path, "LanguageID", {"minProb": 0.01}).filter(unsure)
    assert sure.metadata == {}
    assert {"da", "no"} <= set(unsure.metadata["lang"])


@pytest.mark.parametrize("text", ["", "  ", "Two words", "1 2 3 4 5 " * 20])
def test_a_text_that_says_too_little_has_no_language(tmp_path: Path, text: str) -> None:
    found = page(text)
    load(tmp_path, "LanguageID", {"minProb": 0}).filter(found)
    assert found.metadata == {}


@pytest.mark.parametrize(("params", "name"), [({"minProb": 2}, "minProb"), ({"minprob": 0.9}, "minProb")])
def test_mistakes_are_named(tmp_path: Path, params: dict[str, Any], name: str) -> None:
    [problem] = mistakes(tmp_path, "LanguageID", params)
    assert name in problem
