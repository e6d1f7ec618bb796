"""URLs are parsed as browsers parse them: the cases of web-platform-tests."""

import json
from typing import Any

import pytest

from spindrift.urls import parse
from tests.shared_data import shared_data

KNOWN_DIFFERENCES: dict[str, str] = {}
"""Input of a case -> why ours is rightly different. None so far: ada follows the standard to the letter."""


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    lines = shared_data("urls/cases.jsonl").read_text(encoding="utf-8").splitlines()
    found = [case for case in map(json.loads, lines) if case["filter"] == "whatwg-url-parse"]
    assert len(found) > 400
    return found


def wrong_parts(case: dict[str, Any]) -> str | None:
    """What differs from what the case expects."""
    parts = parse(case["url"], case["source_url"])
    if case["expected"] is None or parts is None:
        return None if parts is None and case["expected"] is None else f"got {parts}"
    found = {
        "expected": parts.href,
        "protocol": f"{parts.scheme}:",
        "hostname": parts.host,
        "port": parts.port,
        "pathname": parts.path,
        "search": f"?{parts.query}" if parts.query else "",
        "hash": f"#{parts.fragment}" if parts.fragment else "",
    }
    wrong = {key: value for key, value in found.items() if value != case.get(key, value)}
    return f"got {wrong}" if wrong else None


def test_at_least_99_percent_are_parsed_as_the_standard_says(cases: list[dict[str, Any]]) -> None:
    wrong = {case["url"]: reason for case in cases if (reason := wrong_parts(case))}
    unexplained = {url: reason for url, reason in wrong.items() if url not in KNOWN_DIFFERENCES}
    assert not unexplained
    assert 1 - len(wrong) / len(cases) >= 0.99
