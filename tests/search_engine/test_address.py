"""What a URL of a store in a search engine means."""

import pytest

from spindrift.errors import ConfigurationError
from spindrift.search_engine.address import SearchAddress
from spindrift.store import open_store


def test_names_a_cluster_and_a_prefix() -> None:
    address = SearchAddress.parse("opensearch://search.example/crawl")
    assert (address.engine, address.host, address.port, address.tls) == ("opensearch", "search.example", 9200, None)
    assert address.index("status") == "crawl-status"
    assert SearchAddress.parse("elasticsearch://h:1/").index("status") == "status"


def test_may_say_who_is_asking_and_whether_by_tls() -> None:
    address = SearchAddress.parse("elasticsearch://user:p%40ss@[::1]:9243/my-crawl?tls=true")
    assert (address.user, address.password, address.host, address.tls) == ("user", "p@ss", "::1", True)
    assert address.name == "elasticsearch://[::1]:9243/my-crawl"
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("elasticsearch:///crawl", "there is no host"),
        ("elasticsearch://h:port/crawl", "the host or the port is none"),
        ("elasticsearch://h/Crawl", "lower-case letters"),
        ("elasticsearch://h/a/b", "lower-case letters"),
        ("elasticsearch://h/a?ssl=1", "there may be tls=true or tls=false, and nothing else"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{problem}.*right is elasticsearch://HOST:9200/PREFIX"):
        SearchAddress.parse(url)
    with pytest.raises(ConfigurationError) as error:
        SearchAddress.parse(url.replace("://", "://me:sesame@"))
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize("sign", ["#", "/", "?", "[", "]", "@", "/?", "№"])
@pytest.mark.parametrize("before", ["open", "12", ""])
def test_a_password_that_is_not_encoded_is_never_told_in_part(before: str, sign: str) -> None:
    url = f"elasticsearch://me:{before}{sign}sesame@h.example:9200/x"
    try:
        address = SearchAddress.parse(url)
    except ConfigurationError as error:
        told = str(error)
    else:
        assert address.password == f"{before}{sign}sesame"
        told = address.name.replace("h.example", "…@h.example")
    assert "elasticsearch://…@h.example:9200/x" in told
    assert "sesame" not in told
    assert not before or before not in told.replace("opensearch", "")


def test_a_password_in_the_query_is_not_told() -> None:
    for url in ("elasticsearch://h/x?password=sesame", "elastic://h/x?tls=true&password=sesame"):
        with pytest.raises(ConfigurationError, match="is not understood") as error:
            open_store(url)
        assert "sesame" not in str(error.value)
