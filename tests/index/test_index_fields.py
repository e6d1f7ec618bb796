"""What of a page is indexed: StormCrawler's rules for `indexer.*`."""

import json

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.index.fields import IndexFields
from tests.shared_data import shared_data

URL = "https://www.example.com/page"
METADATA = {
    "parse.title": ["A title", "second"],
    "parse.keywords": ["one", "two"],
    "parse.empty": [" "],
    "lang": ["en"],
    "fetch.statusCode": ["200"],
}


def fields(**conf: object) -> IndexFields:
    return IndexFields(Settings({key.replace("__", "."): value for key, value in conf.items()}))


def mapped(*mapping: str, **conf: object) -> dict[str, list[str]]:
    return fields(indexer__md__mapping=list(mapping), **conf).fields(METADATA)


def test_a_key_keeps_its_name_or_gets_another() -> None:
    assert mapped("lang", "parse.keywords=kw") == {"lang": ["en"], "kw": ["one", "two"]}


def test_an_index_takes_one_of_the_values() -> None:
    assert mapped("parse.title[0]=title", "parse.keywords[1]") == {"title": ["A title"], "parse.keywords": ["two"]}
    assert mapped("parse.title[7]=title") == {}


def test_a_star_takes_all_keys_that_begin_so() -> None:
    assert set(mapped("parse.*")) == {"parse.title", "parse.keywords", "parse.empty"}


def test_empty_fields_can_be_left_out() -> None:
    assert mapped("parse.empty") == {"parse.empty": [" "]}
    assert mapped("parse.empty", indexer__ignore__empty__fields=True) == {}


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as raised:
        fields(indexer__md__mapping=["parse.*=x", "=y", "parse.*[0]"], indexer__md__filter="no value")
    assert len(raised.value.problems) == 4


def test_a_page_without_the_wanted_metadata_is_left_out() -> None:
    only = fields(indexer__md__filter="lang=en")
    assert only.wanted({"lang": ["de", "en"]})
    assert not only.wanted({"lang": ["de"]})
    assert not only.wanted({})


def test_a_page_that_robots_keep_out_is_left_out() -> None:
    assert not fields().wanted({"robots.noIndex": ["true"]})
    assert fields().wanted({"robots.noIndex": ["false"]})


@pytest.mark.parametrize(
    ("canonical", "indexed"),
    [
        ("https://example.com/main", "https://example.com/main"),
        ("/main", "https://www.example.com/main"),
        ("https://shop.example.com/", "https://shop.example.com/"),
        ("https://other.com/main", URL),
        ("mailto:a@example.com", URL),
        ("http://[", URL),
        (" ", URL),
    ],
)
def test_the_canonical_url_counts_within_the_registered_domain(canonical: str, indexed: str) -> None:
    document = fields().document(URL, {"canonical": [canonical]}, "text", 5.0)
    assert document.url == indexed
    assert document.source == ("" if indexed == URL else URL)


def test_canonical_urls_of_stormcrawler() -> None:
    lines = shared_data("parse/cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["kind"] == "index-canonical"]
    assert len(cases) == 3
    for case in cases:
        assert fields().document(case["url"], case["metadata"], "", 5.0).url == case["expected"], case


def test_the_canonical_url_can_be_switched_off() -> None:
    document = fields(indexer__canonical__name="").document(URL, {"canonical": ["/main"]}, "", 5.0)
    assert document.url == URL


def test_makes_a_document() -> None:
    mapping = ["parse.title=title", "lang=language"]
    document = fields(indexer__md__mapping=mapping, indexer__text__maxlength=4).document(
        URL, METADATA, "  text more", 5.0
    )
    assert (document.title, document.text, document.language) == ("A title", "text", "en")
    assert (document.host, document.status, document.fetched) == ("www.example.com", 200, 5.0)
    assert document.fields == {"title": ["A title", "second"], "language": ["en"]}


def test_names_of_url_and_text_can_be_chosen_or_left_out() -> None:
    chosen = fields(indexer__url__fieldname="address", indexer__text__fieldname="", indexer__md__mapping=[])
    assert chosen.flat(chosen.document(URL, {}, "text", 5.0)) == {"address": [URL]}
