"""Values of the configuration, as components read them."""

import threading
from collections.abc import Callable

import pytest

from spindrift.conf import KEYS, Kind, Settings
from spindrift.conf.settings import key_for, parse_value
from spindrift.errors import ConfigurationError


def test_one_value_will_do_for_a_list() -> None:
    assert Settings({"metadata.persist": "one"}).texts("metadata.persist") == ["one"]
    assert Settings({"metadata.persist": ["one", "two"]}).texts("metadata.persist") == ["one", "two"]


@pytest.mark.parametrize("value", [1e99, "99999999999d", "36501d"])
@pytest.mark.parametrize("name", ["store.commit.interval", "fetchInterval.isFeed=true", "fetchInterval.fetch.error"])
def test_no_duration_is_longer_than_can_be_waited_for(name: str, value: object) -> None:
    key = key_for(name)
    assert key
    with pytest.raises(ConfigurationError, match=rf"{name}: .* and at most 36500d"):
        parse_value(key, name, value)
    assert parse_value(key, name, "36500d") == 36_500 * 86_400
    assert threading.TIMEOUT_MAX > 36_500 * 86_400


@pytest.mark.parametrize("name", ["http.proxy.file", "store.url", "seeds", "pystorm.log.path"])
@pytest.mark.parametrize("form", [str, lambda text: [text]])
def test_no_text_holds_a_nul(name: str, form: Callable[[str], object]) -> None:
    key = key_for(name)
    assert key
    if form is str or key.kind is Kind.TEXTS:
        with pytest.raises(ConfigurationError, match=rf"{name}: .*, without a NUL"):
            parse_value(key, name, form("a\0b"))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("X-Purpose=research, Authorization=Basic c2VjcmV0", "X-Purpose=research, Authorization=***"),
        (["X-Purpose=a,b", "proxy-authorization=Basic x", "Cookie=sid=1", "X-Api-Key=1"], None),
        (7, 7),
    ],
)
def test_headers_are_shown_without_credentials(given: object, shown: object) -> None:
    hidden = ["X-Purpose=a,b", "proxy-authorization=***", "Cookie=***", "X-Api-Key=***"]
    assert KEYS["http.custom.headers"].shown(given) == (hidden if shown is None else shown)


@pytest.mark.parametrize("value", [2**63, "99999999999999999999", -(2**63)])
def test_no_whole_number_is_larger_than_a_store_can_take(value: object) -> None:
    name = "crawl.max.urls.per.host"
    with pytest.raises(ConfigurationError, match=rf"{name}: .* at most 9223372036854775807"):
        parse_value(KEYS[name], name, value)
    assert parse_value(KEYS[name], name, 2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if key.none_is_minus_one])
def test_of_negative_values_only_minus_one_is_none(name: str) -> None:
    for value in (-1, "-1", -1.0):
        settings = Settings({name: value})
        assert (settings.limit if KEYS[name].kind is Kind.INTEGER else settings.seconds_or_none)(name) is None
    for wrong in (-5, "-7", -2.0, "-1s"):
        with pytest.raises(ConfigurationError, match=rf"{name}: .*, or -1 for none"):
            parse_value(KEYS[name], name, wrong)
