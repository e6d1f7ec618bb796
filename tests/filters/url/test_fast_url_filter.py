"""FastURLFilter: patterns by host, domain and metadata; the first that matches decides, as StormCrawler documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.filtering import URLFilters
from tests.filters.url.loaded import loaded, mistakes

NEWS = {"scope": "domain:a.org", "patterns": ["AllowPath ^/news/", "DenyPath .+"]}
NO_IMAGES = {"scope": "GLOBAL", "patterns": [r"DenyPathQuery \.jpg"]}


def passes(folder: Path, url: str, *rules: dict[str, Any], metadata: dict[str, list[str]] | None = None) -> bool:
    found = loaded(folder, "FastURLFilter", {"rules": list(rules)})
    return bool(found.filter("http://s.org/", metadata or {}, url) == url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.org/news/1", True),
        ("http://www.a.org/news/1", True),
        ("http://a.org/old/news/", False),
        ("http://a.org/", False),
        ("http://a.org", False),
        ("http://aa.org/x", True),
        ("http://b.org/x.jpg", False),
        ("http://b.org/x?y=x.jpg", False),
        ("http://b.org/x#x.jpg", True),
        ("HTTP://A.ORG/x", False),
        ("no URL", False),
    ],
)
def test_patterns_hold_within_their_scope(tmp_path: Path, url: str, expected: bool) -> None:
    assert passes(tmp_path, url, NO_IMAGES, NEWS) is expected


def test_what_a_narrow_scope_allows_no_wider_one_denies(tmp_path: Path) -> None:
    """StormCrawler's documentation says so; its code denies."""
    host = {"scope": "host:www.a.org", "patterns": ["AllowPath ."]}
    assert passes(tmp_path, "http://www.a.org/x.jpg", NO_IMAGES, NEWS, host)
    assert not passes(tmp_path, "http://www.a.org/x.jpg", NO_IMAGES, NEWS)


def test_where_no_pattern_of_a_scope_is_found_the_next_one_is_asked(tmp_path: Path) -> None:
    host = {"scope": "host:www.a.org", "patterns": ["AllowPath ^/x$"]}
    assert passes(tmp_path, "http://www.a.org/x", NEWS, host)
    assert not passes(tmp_path, "http://www.a.org/y", NEWS, host)


def test_the_longest_domain_is_asked_first(tmp_path: Path) -> None:
    inner = {"scope": "domain:b.a.org", "patterns": ["AllowPath ."]}
    assert passes(tmp_path, "http://x.b.a.org/", inner, NEWS)
    assert not passes(tmp_path, "http://x.c.a.org/", inner, NEWS)


def test_a_host_scope_is_for_that_host_alone(tmp_path: Path) -> None:
    host = {"scope": "host:a.org", "patterns": ["DenyPath ."]}
    assert not passes(tmp_path, "http://a.org:8080/", host)
    assert passes(tmp_path, "http://www.a.org/", host)


def test_international_hosts_are_the_same_in_punycode(tmp_path: Path) -> None:
    host = {"scope": "host:bücher.example", "patterns": ["DenyPath ."]}
    assert not passes(tmp_path, "http://xn--bcher-kva.example/", host)


def test_metadata_is_that_of_the_page_and_its_case_does_not_matter(tmp_path: Path) -> None:
    archive = {"scope": "metadata:section=Archive", "patterns": ["DenyPath ."]}
    url = "http://a.org/"
    assert not passes(tmp_path, url, archive, metadata={"section": ["x", "ARCHIVE"]})
    assert passes(tmp_path, url, archive, metadata={"section": ["x"]})
    assert passes(tmp_path, url, archive)


def test_the_domain_comes_before_the_metadata_and_that_before_all(tmp_path: Path) -> None:
    metadata = {"scope": "metadata:k=v", "patterns": ["AllowPath ^/x", "DenyPath /news/2"]}
    rules = [NO_IMAGES, metadata, NEWS]
    marked = {"k": ["v"]}
    assert passes(tmp_path, "http://a.org/news/2", *rules, metadata=marked)
    assert passes(tmp_path, "http://b.org/x.jpg", *rules, metadata=marked)
    assert not passes(tmp_path, "http://b.org/news/2", *rules, metadata=marked)


def test_patterns_of_both_kinds_keep_their_order(tmp_path: Path) -> None:
    rules = {"scope": "GLOBAL", "patterns": [r"DenyPathQuery \?bad", "AllowPath ^/a", "DenyPathQuery ."]}
    expected = {"/a": True, "/a?bad": False, "/b": False, "/a?x": True}
    assert {path: passes(tmp_path, f"http://a.org{path}", rules) for path in expected} == expected


def test_the_types_of_patterns_may_be_in_any_case(tmp_path: Path) -> None:
    assert not passes(tmp_path, "http://a.org/", {"scope": " GLOBAL ", "patterns": ["denypath  . "]})


def test_no_rules_let_pass_everything(tmp_path: Path) -> None:
    assert passes(tmp_path, "http://a.org/")


FILES = [{"rules": [NO_IMAGES]}, {"whatever it is called": [NO_IMAGES]}, [NO_IMAGES]]


@pytest.mark.parametrize("document", FILES, ids=json.dumps)
def test_rules_are_read_from_a_file_of_any_shape_that_stormcrawler_reads(tmp_path: Path, document: Any) -> None:
    (tmp_path / "fast.json").write_text(json.dumps(document))
    found = loaded(tmp_path, "FastURLFilter", {"file": "fast.json"})
    assert found.filter(None, {}, "http://a.org/x.jpg") is None
    assert found.filter(None, {}, "http://a.org/x") == "http://a.org/x"


def test_without_a_name_the_file_is_that_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "fast.urlfilter.json").write_text(json.dumps([NO_IMAGES]))
    (tmp_path / "mine.json").write_text(json.dumps([]))
    url = "http://a.org/x.jpg"
    assert loaded(tmp_path, "FastURLFilter").filter(None, {}, url) is None
    assert loaded(tmp_path, "FastURLFilter", fast__urlfilter__file="mine.json").filter(None, {}, url) == url


def test_answers_are_remembered_by_url_only_where_no_metadata_counts(tmp_path: Path) -> None:
    assert loaded(tmp_path, "FastURLFilter", {"rules": [NEWS]}).depends_on_source is False
    archive = {"scope": "metadata:section=archive", "patterns": ["DenyPath ."]}
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"URLFilters": [{"class": "FastURLFilter", "params": {"rules": [archive]}}]}))
    filters, url = URLFilters.load(path), "http://a.org/"
    answers = [filters.filter("http://s.org/", {"section": [section]}, url) for section in ("archive", "x", "archive")]
    assert answers == [None, url, None]


WRONG = [
    {"scope": "GLOBL", "patterns": ["DenyPath ."]},
    {"scope": "domain:", "patterns": ["DenyPath ."]},
    {"scope": "host:http://a.org/", "patterns": ["DenyPath ."]},
    {"scope": "metadata:key", "patterns": ["DenyPath ."]},
    {"scope": "GLOBAL", "patterns": ["DenPath .", "DenyPath", "DenyPath (", 1]},
    {"scope": "GLOBAL", "patterns": "DenyPath ."},
    {"patterns": []},
    {"scope": "host:a.org"},
    {"scope": "domain:b.org", "pattern": ["DenyPath ."], "patterns": []},
    "x",
]
TOLD = [
    ("/0/scope", '"GLOBL" is no scope; did you mean "GLOBAL"?'),
    ("/1/scope", '"" in "domain:" is no host'),
    ("/2/scope", "is no host"),
    ("/3/scope", "a metadata scope is metadata:key=value"),
    ("/4/patterns/0", 'did you mean "DenyPath"?'),
    ("/4/patterns/1", "has no pattern"),
    ("/4/patterns/2", "not a usable regular expression"),
    ("/4/patterns/3", "got 1, expected a text"),
    ("/5/patterns", 'got "DenyPath .", expected a list'),
    ("/5/scope", "GLOBAL stands more than once"),
    ("/6", '"scope" is missing'),
    ("/7", '"patterns" is missing'),
    ("/8/pattern", 'a rule has no "pattern"; did you mean "patterns"?'),
    ("/9", "expected an object"),
]


def test_all_mistakes_of_inline_rules_are_told_with_their_places(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "FastURLFilter", {"rules": WRONG})
    assert len(found) == len(TOLD)
    for problem, (place, reason) in zip(found, TOLD, strict=True):
        assert problem.startswith(f"/rules: FastURLFilter, parameter rules: {place}: ")
        assert reason in problem


def test_all_mistakes_of_a_file_are_told_with_their_places_in_it(tmp_path: Path) -> None:
    (tmp_path / "fast.json").write_text(json.dumps({"rules": WRONG}))
    found = mistakes(tmp_path, "FastURLFilter", {"file": "fast.json"})
    assert len(found) == len(TOLD)
    for problem, (place, reason) in zip(found, TOLD, strict=True):
        assert f"fast.json at /rules{place}: " in problem
        assert reason in problem


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "is empty"), ("{", "is not valid JSON"), ("1", "got 1, expected"), ('{"a": 1, "b": 2}', "expected")],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "fast.json").write_text(content)
    (problem,) = mistakes(tmp_path, "FastURLFilter", {"file": "fast.json"})
    assert told in problem


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    (problem,) = mistakes(tmp_path, "FastURLFilter")
    assert 'there is no file "fast.urlfilter.json"; looked for' in problem
