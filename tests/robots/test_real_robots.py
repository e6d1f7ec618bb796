"""Cases recorded from the test suites of Google's parser, crawler-commons, Protego and StormCrawler; 600 real files."""

import base64
import gzip
import json
from typing import Any

import pytest

from spindrift.robots.rules import parse_robots
from tests.shared_data import shared_data

DIFFERENT = {
    # (source, test): why our answer to some of its cases is another one. All of them have protego_agrees = false.
    ("google/robotstxt", "GoogleOnly_AcceptUserAgentUpToFirstSpace"): (
        'the crawler "Foo Bar" is no product token; its first word has a group, which is obeyed'
    ),
    ("google/robotstxt", "ID_Encoding"): "Google leaves it to the caller to decode %62%61%7A; here it means baz",
    ("google/robotstxt", "GoogleOnly_LineTooLong"): "Google cuts lines at 16 KiB; here the whole file is bounded",
    ("crawler-commons", "testBrokenKrugleRobotsTxtFile"): (
        "Crawl-delay ends a list of user agents, as in Protego: the qihoobot below it gets a group of its own"
    ),
    ("crawler-commons", "testExtensionsGroupMerging"): "the same, with Request-rate",
    ("crawler-commons", "testCrawlDelayGroupMerging"): "the same, with Crawl-delay",
    ("crawler-commons", "testMultiAgentNames"): "of several words the first is the name, as in RFC 9309 and Google's",
    ("crawler-commons", "testDirectiveTypos"): "Protego knows other misspellings (not desallow, not useg-agent)",
}


def cases(*kinds: str) -> list[dict[str, Any]]:
    lines = shared_data("robots/cases.jsonl").read_text("utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["kind"] in kinds]


def body(case: dict[str, Any]) -> str | bytes:
    return base64.b64decode(case["robots_b64"]) if "robots_b64" in case else str(case["robots"])


def test_every_verdict_that_protego_does_not_contest_is_ours() -> None:
    wrong = []
    checked = 0
    for case in cases("allowed"):
        if case.get("protego_agrees") is False:
            continue
        checked += 1
        if parse_robots(body(case), case["agents"], case.get("base", "")).allowed(case["url"]) != case["allowed"]:
            wrong.append((case["source"], case["test"], case["agents"], case["url"]))
    assert wrong == []
    assert checked >= 400


def test_where_protego_differs_our_verdict_is_the_recorded_one_or_has_its_reason() -> None:
    different = {
        (case["source"], case["test"])
        for case in cases("allowed")
        if parse_robots(body(case), case["agents"], case.get("base", "")).allowed(case["url"]) != case["allowed"]
    }
    assert different == set(DIFFERENT)


def test_every_crawl_delay_and_every_sitemap() -> None:
    checked = 0
    for case in cases("meta"):
        rules = parse_robots(body(case), case["agents"], case.get("base", ""))
        assert list(rules.sitemaps) == case["sitemaps"], case["test"]
        assert rules.crawl_delay == case.get("crawl_delay_s"), case["test"]
        checked += 1
    assert checked >= 20


def test_six_hundred_real_files() -> None:
    with gzip.open(shared_data("robots/realworld.jsonl.gz"), "rt", encoding="utf-8") as lines:
        files = [json.loads(line) for line in lines]
    assert len(files) == 600
    for file in files:
        base = f"https://{file['site']}/robots.txt"
        rules = parse_robots(body(file), ["my-crawler"], base)
        assert rules.allowed(base)
        assert rules.allowed(f"https://{file['site']}/some/page?x=1") in (True, False)


@pytest.mark.parametrize("kind", ["allowed", "meta", "status", "redirect"])
def test_the_cases_are_there(kind: str) -> None:
    assert cases(kind)
