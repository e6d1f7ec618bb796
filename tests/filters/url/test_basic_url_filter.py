"""BasicURLFilter: very long URLs, and paths that repeat themselves."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.filters.url.basic_url_filter import BasicURLFilter


def passes(url: str, **params: Any) -> bool:
    answer = BasicURLFilter(BasicURLFilter.Params.model_validate(params)).filter(None, {}, url)
    assert answer in (url, None)
    return answer is not None


def test_a_path_element_may_stand_twice_but_not_three_times() -> None:
    assert passes("http://example.org/a/b/a/index.html")
    assert not passes("http://example.org/a/b/a/c/a")
    assert passes("http://example.org/a/b/a/c/a", maxPathRepetition=4)


def test_empty_elements_do_not_count() -> None:
    assert passes("http://example.org//a//b//c//")


@pytest.mark.parametrize("repetition", [1, 0, -1])
def test_repetition_is_not_looked_at_where_switched_off(repetition: int) -> None:
    assert passes("http://example.org/a/a/a/a/a", maxPathRepetition=repetition)


def test_short_paths_are_not_looked_at() -> None:
    assert passes("http://a/a/")
    assert not passes("http://a/a/a")


def test_the_longest_url() -> None:
    assert passes("http://a.org/", maxLength=13)
    assert not passes("http://a.org/1", maxLength=13)
    assert passes("http://a.org/" + "1" * 5000, maxLength=-1)


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=9), st.integers(-1, 4))
def test_it_counts_as_if_it_counted_every_element(elements: list[str], repetition: int) -> None:
    url = "/".join(elements)
    trimmed = url.rstrip("/").split("/")
    counted = Counter(element for element in trimmed if element)
    refused = repetition > 1 and len(trimmed) > 4 and max(counted.values(), default=0) >= repetition
    assert passes(url, maxPathRepetition=repetition) is not refused
