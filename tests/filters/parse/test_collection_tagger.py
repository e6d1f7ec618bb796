"""CollectionTagger."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.parse.page import Page
from tests.filters.parse.parsed_page import load, mistakes

COLLECTIONS: dict[str, Any] = {
    "collections": [
        {"name": "storms", "includePatterns": ["https?://storm\\.example/.*"]},
        {
            "name": "crawlers",
            "includePatterns": [".+crawler.+", ".+spider|.+nutch.*"],
            "excludePatterns": [".+baby.+", ".+\\.pdf"],
        },
        {"name": "crawlers", "includePatterns": ["http://also\\.example/"], "excludePatterns": None},
        {"name": "none", "includePatterns": []},
    ]
}


def tags(folder: Path, url: str, params: Any = None, document: Any = COLLECTIONS, **metadata: list[str]) -> Any:
    (folder / "collections.json").write_text(json.dumps(document))
    found = Page(url, b"", metadata)
    load(folder, "org.apache.stormcrawler.parse.filter.CollectionTagger", params).filter(found)
    return found.metadata


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("http://storm.example/", ["storms"]),
        ("https://storm.example/a-crawler-too", ["storms", "crawlers"]),
        ("http://a.example/?u=http://storm.example/", None),
        ("http://a.example/crawler", None),
        ("http://a.example/crawlers", ["crawlers"]),
        ("http://a.example/spider", ["crawlers"]),
        ("http://a.example/spiders", None),
        ("http://a.example/nutch/1", ["crawlers"]),
        ("http://baby.example/tiny-crawlers", None),
        ("http://a.example/crawlers.pdf", None),
        ("http://also.example/", ["crawlers"]),
        ("http://a.example/\udc80-crawlers", ["crawlers"]),
    ],
)
def test_a_url_is_in_the_collections_whose_patterns_match_all_of_it(
    tmp_path: Path, url: str, names: list[str] | None
) -> None:
    assert tags(tmp_path, url) == ({} if names is None else {"collections": names})


def test_key_and_file_have_names_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text('{"collections": [{"name": "n", "includePatterns": [".*"]}]}')
    assert tags(tmp_path, "http://a.example/", {"key": "tag", "file": "mine.json"}) == {"tag": ["n"]}


def test_tags_replace_those_that_were_there_and_a_url_in_none_keeps_them(tmp_path: Path) -> None:
    assert tags(tmp_path, "http://storm.example/", collections=["old"]) == {"collections": ["storms"]}
    assert tags(tmp_path, "http://a.example/", collections=["of the seed"]) == {"collections": ["of the seed"]}


def test_many_patterns_cost_a_url_no_more_than_its_length(tmp_path: Path) -> None:
    include = [f"(.*a)*{number}" for number in range(2000)]
    document = {"collections": [{"name": "n", "includePatterns": include}]}
    assert tags(tmp_path, "http://a.example/" + "a" * 20_000 + "1999", document=document) == {"collections": ["n"]}


def test_every_mistake_of_the_file_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "collections.json").write_text(
        json.dumps(
            {
                "collections": [
                    {"name": "a", "includePatterns": ["(", "a(?=b)", 3]},
                    {"name": 4, "includePatterns": ".*"},
                    {"includePatterns": [], "excludePattern": []},
                ]
            }
        )
    )
    found = mistakes(tmp_path, "CollectionTagger")
    file = str(tmp_path / "collections.json")
    for place, told in {
        "0/includePatterns/0": "missing )",
        "0/includePatterns/1": "look-arounds are not available",
        "0/includePatterns/2": "got 3, expected a regular expression",
        "1/name": "got 4, expected a text",
        "1/includePatterns": "expected a list",
        "2": 'needs the parameter "collections[2].name"',
        "2/excludePattern": "excludePattern",
    }.items():
        (problem,) = [each for each in found if f"{file} at /collections/{place}: " in each]
        assert told in problem


TWICE = '{"collections": [], "collections": []}'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no file"),
        ("{", "is not valid JSON: line 1"),
        ("[]", "got []"),
        (TWICE, "stands more than once"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "collections.json").write_text(content)
    (problem,) = mistakes(tmp_path, "CollectionTagger")
    assert told in problem
    assert "collections.json" in problem
