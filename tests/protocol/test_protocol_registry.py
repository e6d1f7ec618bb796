"""Which class serves a scheme."""

import asyncio

import pytest

from spindrift.errors import ConfigurationError
from spindrift.protocol.delegator import DelegatorProtocol
from spindrift.protocol.file import FileProtocol
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol, ProtocolContext
from spindrift.protocol.registry import Protocols, find_class
from spindrift.protocol.response import FetchFailure, Response
from tests.protocol.fetching_with import settings


def protocols(**conf: object) -> Protocols:
    return Protocols.from_context(ProtocolContext(settings(conf), "tester"))


class Canned(HttpProtocol):
    """A user's own."""

    async def fetch(self, url: str, metadata: dict[str, list[str]], *, content_limit: int | None = -1) -> Response:
        return Response(url, 200, content=b"canned")


class NoProtocol:
    """Lacks everything."""


def test_http_and_https_share_one_instance() -> None:
    both = protocols()
    assert both.of("http://a/") is both.of("HTTPS://a/")
    assert isinstance(both.of("http://a/"), HttpProtocol)


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://h/x", "nonsense", ""])
def test_other_schemes_have_none_unless_they_are_listed(url: str) -> None:
    with pytest.raises(FetchFailure, match="malformed URL"):
        protocols().of(url)


def test_files_are_served_where_they_are_listed() -> None:
    assert isinstance(protocols(protocols="http,file").of("file:///x"), FileProtocol)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HttpProtocol", HttpProtocol),
        ("spindrift.protocol.http.HttpProtocol", HttpProtocol),
        ("spindrift.protocol.http:HttpProtocol", HttpProtocol),
        ("org.apache.stormcrawler.protocol.httpclient.HttpProtocol", HttpProtocol),
        ("org.apache.stormcrawler.protocol.okhttp.HttpProtocol", HttpProtocol),
        ("com.digitalpebble.stormcrawler.protocol.okhttp.HttpProtocol", HttpProtocol),
        ("org.apache.stormcrawler.protocol.file.FileProtocol", FileProtocol),
        ("org.apache.stormcrawler.protocol.DelegatorProtocol", DelegatorProtocol),
    ],
)
def test_classes_have_short_names_paths_and_stormcrawlers_names(name: str, expected: type[Protocol]) -> None:
    assert find_class(name) is expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Nonsense", "expected HttpProtocol"),
        ("", "expected HttpProtocol"),
        ("no.such.module.Class", "importing no.such.module failed"),
        ("spindrift.protocol.http.Nothing", "there is no class"),
        ("tests.protocol.test_protocol_registry.NoProtocol", "is no protocol: it has no from_context, origin, fetch"),
        ("org.apache.stormcrawler.protocol.selenium.RemoteDriverProtocol", "has no counterpart"),
    ],
)
def test_what_is_no_protocol_is_refused_with_what_is_right(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=r"http\.protocol\.implementation") as refusal:
        protocols(http__protocol__implementation=name or " ")
    assert message in str(refusal.value)


def test_a_class_of_ones_own_serves_a_scheme() -> None:
    one = protocols(http__protocol__implementation="tests.protocol.test_protocol_registry.Canned")
    assert asyncio.run(one.of("http://a/").fetch("http://a/", {})).content == b"canned"
    assert type(one.of("https://a/")) is HttpProtocol


class TestDelegation:
    RULES = (
        {"className": "tests.protocol.test_protocol_registry.Canned", "regex": [r"\.js$"], "filters": {"js": "true"}},
        {
            "className": "tests.protocol.test_protocol_registry.Canned",
            "regex": r"^http://canned\.",
            "filters": {"canned": None},
            "operator": "OR",
            "id": "second",
        },
        {"className": "HttpProtocol"},
    )

    @pytest.mark.parametrize(
        ("url", "metadata", "canned"),
        [
            ("http://a/x.js", {"js": ["false", "true"]}, True),
            ("http://a/x.js", {"js": ["false"]}, False),
            ("http://a/x.css", {"js": ["true"]}, False),
            ("http://canned.example/", {}, True),
            ("http://a/", {"canned": []}, True),
            ("http://a/", {}, False),
        ],
    )
    def test_goes_to_the_first_whose_conditions_hold(
        self, url: str, metadata: dict[str, list[str]], canned: bool
    ) -> None:
        delegator = protocols(
            http__protocol__implementation="DelegatorProtocol", protocol__delegator__config=list(self.RULES)
        ).of(url)
        if canned:
            assert asyncio.run(delegator.fetch(url, metadata)).content == b"canned"
        else:
            with pytest.raises(FetchFailure):
                asyncio.run(delegator.fetch("http://127.0.0.1:1/" + url[-5:], metadata))

    @pytest.mark.parametrize(
        ("rules", "message"),
        [
            ([], "has no entry"),
            ([{"className": "HttpProtocol", "regex": ["x"]}], "last entry must have neither"),
            ([{"className": "Nonsense"}], "entry 1: 'Nonsense' is no protocol"),
            ([{"className": "DelegatorProtocol"}], "cannot delegate to itself"),
            (
                [{"className": "HttpProtocol", "regex": ["("]}, {"className": "HttpProtocol"}],
                "not a usable regular expression",
            ),
            ([{"className": "HttpProtocol", "operator": "NOT"}], "entry 1: operator"),
            ([{"class": "HttpProtocol"}], "entry 1: className"),
        ],
    )
    def test_with_wrong_rules_is_refused(self, rules: list[object], message: str) -> None:
        with pytest.raises(ConfigurationError) as refusal:
            protocols(http__protocol__implementation="DelegatorProtocol", protocol__delegator__config=rules)
        assert message in str(refusal.value)
