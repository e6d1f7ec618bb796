"""Our URL filters do what StormCrawler's tests ask of its own. No case is answered differently."""

import pytest

from tests.filters.url.stormcrawler_cases import answer, stormcrawler_cases


@pytest.mark.parametrize(
    "filter_name", ["BasicURLFilter", "BasicURLNormalizer", "HostURLFilter", "MaxDepthFilter", "RegexURLFilter"]
)
def test_every_case_of_stormcrawler(filter_name: str) -> None:
    cases = stormcrawler_cases(filter_name)
    wrong = [(case, answer(case)) for case in cases if answer(case) != case["expected"]]
    assert wrong == []
