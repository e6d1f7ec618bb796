"""MaxDepthFilter: how many links away from a seed the crawl goes."""

import pytest

from spindrift.filters.url.max_depth_filter import MaxDepthFilter
from spindrift.metadata import Metadata

URL = "http://example.org/"


def passes(max_depth: int, metadata: Metadata) -> bool:
    found = MaxDepthFilter(MaxDepthFilter.Params(max_depth=max_depth))
    return found.filter(URL, metadata, URL) == URL


@pytest.mark.parametrize(
    ("max_depth", "depth", "expected"), [(0, 0, False), (1, 0, True), (1, 1, False), (3, 2, True), (3, 7, False)]
)
def test_links_of_pages_at_the_greatest_depth_are_refused(max_depth: int, depth: int, expected: bool) -> None:
    assert passes(max_depth, {"depth": [str(depth)]}) is expected


def test_without_a_limit_every_depth_passes() -> None:
    assert passes(-1, {"depth": ["1000"]})


def test_a_source_without_depth_is_a_seed() -> None:
    assert passes(1, {})
    assert not passes(0, {})


def test_the_metadata_of_a_source_stands_above_the_parameter() -> None:
    assert passes(1, {"depth": ["1"], "max.depth": ["2"]})
    assert not passes(3, {"max.depth": ["0"]})
    assert not passes(-1, {"depth": ["5"], "max.depth": ["5"]})


@pytest.mark.parametrize("text", ["", "many", "-2", "1.5", "²", "9" * 5000])
def test_what_is_no_number_counts_as_not_given(text: str) -> None:
    assert passes(1, {"depth": [text], "max.depth": [text]})
    assert not passes(0, {"depth": [text], "max.depth": [text]})


def test_a_seed_is_asked_about_by_the_depth_of_the_page_before_it() -> None:
    assert passes(0, {"depth": ["-1"]})
    assert not passes(0, {"depth": ["0"]})
