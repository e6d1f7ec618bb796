"""The cases of StormCrawler's own tests, by filter."""

import json
from typing import Any

from spindrift.filtering.classes import find_class
from tests.shared_data import shared_data


def stormcrawler_cases(filter_name: str) -> list[dict[str, Any]]:
    """The cases of one filter; at least one."""
    found = [case for case in _cases() if case["filter"] == filter_name]
    assert found
    return found


def stormcrawler_filters() -> set[str]:
    """All filters that there are cases of."""
    return {case["filter"] for case in _cases()}


def _cases() -> list[dict[str, Any]]:
    lines = shared_data("urls/cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [case for line in lines if (case := json.loads(line))["source"] == "stormcrawler"]


def answer(case: dict[str, Any]) -> str | None:
    """What our filter says to a case."""
    params = dict(case["params"])
    if "rules" in params and case["filter"] == "RegexURLFilter":
        params["urlFilters"] = params.pop("rules")
    found = find_class(f"org.apache.stormcrawler.filtering.{PACKAGES[case['filter']]}.{case['filter']}", "URLFilters")
    instance = found(found.Params.model_validate(params))
    result: str | None = instance.filter(case["source_url"], case["metadata"], case["url"])
    return result


PACKAGES = {
    "BasicURLFilter": "basic",
    "BasicURLNormalizer": "basic",
    "HostURLFilter": "host",
    "MaxDepthFilter": "depth",
    "RegexURLFilter": "regex",
    "FastURLFilter": "regex",
    "MetadataFilter": "metadata",
}
