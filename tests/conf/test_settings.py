"""Values of the configuration, as components read them."""

import threading

import pytest

from spindrift.conf import Settings
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
