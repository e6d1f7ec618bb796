"""Caches with Guava's specifications."""

import pytest

from spindrift.caches import CacheSpec, SpecCache
from spindrift.clock import VirtualClock
from spindrift.errors import ConfigurationError


def test_a_stormcrawler_specification_is_read() -> None:
    spec = CacheSpec.parse("maximumSize=10000,expireAfterWrite=6h")
    assert spec == CacheSpec(maximum_size=10_000, expire_after_write=6 * 3600.0)


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30.0), ("5m", 300.0), ("1h", 3600.0), ("2d", 172_800.0)])
def test_ages_have_the_units_of_guava(text: str, seconds: float) -> None:
    assert CacheSpec.parse(f"expireAfterAccess={text}").expire_after_access == seconds


def test_hints_to_guava_are_taken_and_mean_nothing() -> None:
    assert CacheSpec.parse(" initialCapacity=100 , maximumSize=5, recordStats") == CacheSpec(maximum_size=5)


def test_every_mistake_of_a_specification_is_told_with_its_key() -> None:
    with pytest.raises(ConfigurationError) as caught:
        CacheSpec.parse("maximumSize=many,expireAfterWrite=6 weeks,maximumSze=3", "robots.cache.spec")
    problems = caught.value.problems
    assert len(problems) == 3
    assert all("robots.cache.spec" in problem and "expireAfterWrite=6h" in problem for problem in problems)


def test_the_least_recently_used_goes_first() -> None:
    cache = SpecCache[str, int].from_spec("maximumSize=2", VirtualClock())
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert list(cache) == ["a", "c"]
    assert cache.get("b") is None


def test_an_entry_expires_after_its_last_write_however_often_it_is_read() -> None:
    clock = VirtualClock()
    cache = SpecCache[str, int].from_spec("expireAfterWrite=10s", clock)
    cache.put("a", 1)
    clock.advance(9)
    assert cache.get("a") == 1
    clock.advance(1)
    assert "a" not in cache
    assert cache.get("a") is None
    assert len(cache) == 0


def test_an_entry_that_is_read_lives_on_where_access_counts() -> None:
    clock = VirtualClock()
    cache = SpecCache[str, int].from_spec("expireAfterAccess=10s", clock)
    cache.put("a", 1)
    for _ in range(5):
        clock.advance(9)
        assert cache.get("a") == 1
    clock.advance(10)
    assert cache.get("a") is None


def test_a_write_starts_the_age_anew() -> None:
    clock = VirtualClock()
    cache = SpecCache[str, int].from_spec("expireAfterWrite=10s", clock)
    cache.put("a", 1)
    clock.advance(9)
    cache.put("a", 2)
    clock.advance(9)
    assert cache.get("a") == 2


def test_what_was_discarded_is_gone() -> None:
    cache = SpecCache[str, int](CacheSpec(), VirtualClock())
    cache.put("a", 1)
    cache.put("b", 2)
    cache.discard("a")
    cache.discard("never there")
    assert list(cache) == ["b"]
    cache.clear()
    assert len(cache) == 0
