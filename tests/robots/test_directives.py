"""What pages themselves say to robots."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from spindrift.robots.directives import RobotsDirectives, from_headers, from_meta
from tests.shared_data import shared_data

ME = ["my-crawler"]
NOTHING = RobotsDirectives()
NOINDEX = RobotsDirectives(noindex=True)
NOFOLLOW = RobotsDirectives(nofollow=True)
NOARCHIVE = RobotsDirectives(noarchive=True)
EVERYTHING = RobotsDirectives(noindex=True, nofollow=True, noarchive=True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], NOTHING),
        (["all"], NOTHING),
        (["index, follow"], NOTHING),
        (["noindex"], NOINDEX),
        (["NoIndex , NOFOLLOW"], NOINDEX | NOFOLLOW),
        (["noindex", "nofollow"], NOINDEX | NOFOLLOW),
        (["none"], EVERYTHING),
        (["noarchive"], NOARCHIVE),
        (["nocache"], NOARCHIVE),
        (["my-crawler: noindex"], NOINDEX),
        (["My-Crawler:noindex, nofollow"], NOINDEX | NOFOLLOW),
        (["otherbot: noindex, nofollow"], NOTHING),
        (["otherbot: noindex, my-crawler: nofollow"], NOFOLLOW),
        (["otherbot: noindex", "nofollow"], NOFOLLOW),
        (["nofollow", "my-crawler: noindex"], NOINDEX | NOFOLLOW),
        (["otherbot: nofollow, *: noindex"], NOINDEX),
        (["unavailable_after: 25 Jun 2010 15:00:00 PST, noindex"], NOINDEX),
        (["unavailable_after: Friday, 25-Jun-10 15:00:00 PST, noindex"], NOINDEX),
        (["max-snippet: 20, max-image-preview: none, nofollow"], NOFOLLOW),
        (["noindexed, xnofollow"], NOTHING),
        (["", ",", ":", "::,"], NOTHING),
    ],
)
def test_x_robots_tag(values: list[str], expected: RobotsDirectives) -> None:
    assert from_headers(values, ME) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("robots", "noindex,nofollow")], NOINDEX | NOFOLLOW),
        ([("ROBOTS", "None")], EVERYTHING),
        ([("my-crawler", "noindex")], NOINDEX),
        ([("otherbot", "noindex")], NOTHING),
        ([("robots", "nofollow"), ("my-crawler", "noindex")], NOINDEX | NOFOLLOW),
        ([("robots", "noindex"), ("robots", "nofollow")], NOINDEX | NOFOLLOW),
        ([("robots", "noindex"), ("my-crawler", "all")], NOINDEX),
        ([("robots", "noindex nofollow")], NOINDEX | NOFOLLOW),
        ([("description", "none")], NOTHING),
    ],
)
def test_meta_robots(pairs: list[tuple[str, str]], expected: RobotsDirectives) -> None:
    assert from_meta(pairs, ME) == expected


@given(st.lists(st.text()), st.lists(st.text()))
def test_nothing_makes_them_raise(values: list[str], agents: list[str]) -> None:
    from_headers(values, agents)
    from_meta([(value, value) for value in values], agents)


def recorded(kind: str) -> list[dict[str, Any]]:
    lines = shared_data("parse/cases.jsonl").read_text("utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["kind"] == kind]


def directives(expected: dict[str, bool]) -> RobotsDirectives:
    return RobotsDirectives(expected["noindex"], expected["nofollow"], expected["nocache"])


def test_the_headers_of_stormcrawlers_tests() -> None:
    cases = recorded("x-robots-tag")
    assert cases
    for case in cases:
        assert from_headers(case["values"], ME) == directives(case["expected"])


def test_the_meta_elements_of_stormcrawlers_tests() -> None:
    cases = recorded("robots-meta")
    assert len(cases) >= 4
    for case in cases:
        metas = html.fromstring(case["html"]).iter("meta")
        pairs = [(meta.get("name", ""), meta.get("content", "")) for meta in metas]
        assert from_meta(pairs, ME) == directives(case["expected"])
