"""Our URL filters do what StormCrawler's tests ask of its own. No case is answered differently."""

import pytest

from tests.filters.url.stormcrawler_cases import PACKAGES, answer, stormcrawler_cases, stormcrawler_filters


@pytest.mark.parametrize(
    "filter_name",
    [
        "BasicURLFilter",
        "BasicURLNormalizer",
        "FastURLFilter",
        "HostURLFilter",
        "MaxDepthFilter",
        "MetadataFilter",
        "RegexURLFilter",
    ],
)
def test_every_case_of_stormcrawler(filter_name: str) -> None:
    cases = stormcrawler_cases(filter_name)
    wrong = [(case, answer(case)) for case in cases if answer(case) != case["expected"]]
    assert wrong == []


def test_no_filter_of_the_cases_is_left_out() -> None:
    """CollectionTagger is a parse filter; its case is beside it."""
    assert stormcrawler_filters() == {*PACKAGES, "CollectionTagger"}
