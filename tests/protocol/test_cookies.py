"""Cookies that travel with metadata: who gets which, for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from spindrift.clock import VirtualClock
from spindrift.protocol.cookies import MAX_AGE, MAX_COOKIES, cookie_header, kept_cookies, parse_cookie
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol
from spindrift.protocol.requests_http import RequestsProtocol
from tests.protocol.fetching_with import ALLOWED, fetch, fetch_all
from tests.protocol.loopback_server import LoopbackServer, http

NOW = 1_700_000_000.0
PAGE = URL("https://www.example.com/shop/cart")
BROKEN_LINES = [
    "a=1; Path=/x\r\nX: y",
    "a=1; Path=/x\ny",
    "a=1; Domain=a\x00b",
    "a=1; Path=/\x85x",
    "a\n=1",
    "a=1; x\ud800",
]


def kept(*set_cookie: str, url: URL = PAGE, before: list[str] | None = None) -> list[str]:
    return kept_cookies(before or [], set_cookie, url, NOW)


def header(values: list[str], url: str) -> str:
    return cookie_header(values, URL(url), NOW)


class TestACookie:
    def test_without_domain_is_for_its_host_alone(self) -> None:
        values = kept("a=1")
        assert header(values, "https://www.example.com/shop/") == "a=1"
        assert header(values, "https://example.com/shop/") == ""
        assert header(values, "https://sub.www.example.com/shop/") == ""

    def test_with_a_domain_is_for_all_below_it(self) -> None:
        values = kept("a=1; Domain=.Example.com; Path=/")
        assert header(values, "https://example.com/") == "a=1"
        assert header(values, "https://other.example.com/") == "a=1"
        assert header(values, "https://badexample.com/") == ""

    @pytest.mark.parametrize("domain", ["other.com", "sub.www.example.com", "com", "co.uk", ".", "1.2.3.4"])
    def test_for_a_domain_that_is_not_its_hosts_is_not_taken(self, domain: str) -> None:
        assert kept(f"a=1; Domain={domain}") in ([], kept("a=1"))

    def test_for_a_public_suffix_is_not_taken(self) -> None:
        assert kept("a=1; Domain=co.uk", url=URL("https://shop.co.uk/")) == []
        assert kept("a=1; Domain=github.io", url=URL("https://me.github.io/")) == []

    def test_goes_to_its_path_and_below(self) -> None:
        values = kept("a=1; Path=/shop")
        assert header(values, "https://www.example.com/shop") == "a=1"
        assert header(values, "https://www.example.com/shop/x") == "a=1"
        assert header(values, "https://www.example.com/shopping") == ""

    def test_without_path_is_for_the_folder_of_its_page(self) -> None:
        assert header(kept("a=1"), "https://www.example.com/") == ""

    def test_that_is_secure_needs_https(self) -> None:
        values = kept("a=1; Secure; Path=/", "b=2; Path=/")
        assert header(values, "http://www.example.com/") == "b=2"
        assert header(values, "https://www.example.com/") == "a=1; b=2"

    @pytest.mark.parametrize(
        "expiry",
        ["Max-Age=0", "Max-Age=-5", "Expires=Mon, 01 Jan 2001 00:00:00 GMT", "Expires=Mon, 01-Jan-01 00:00:00 GMT"],
    )
    def test_that_has_expired_is_forgotten(self, expiry: str) -> None:
        assert kept(f"a=1; {expiry}", before=kept("a=1")) == []

    def test_expires_by_the_date_not_by_when_it_is_read(self) -> None:
        (value,) = kept("a=1; Max-Age=60; Path=/")
        assert cookie_header([value], PAGE, NOW + 59) == "a=1"
        assert cookie_header([value], PAGE, NOW + 61) == ""

    @pytest.mark.parametrize(
        "expiry",
        [
            "Max-Age=9223372036854775807",
            "Max-Age=999999999",
            "Max-Age=" + "9" * 5000,
            "Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        ],
    )
    def test_is_kept_for_400_days_at_most(self, expiry: str) -> None:
        (value,) = kept(f"a=1; {expiry}; Path=/")
        assert cookie_header([value], PAGE, NOW + MAX_AGE - 1) == "a=1"
        assert cookie_header([value], PAGE, NOW + MAX_AGE + 1) == ""

    def test_is_replaced_by_one_of_its_name_host_and_path(self) -> None:
        assert header(kept("a=2", "b=3", before=kept("a=1")), "https://www.example.com/shop/") == "a=2; b=3"

    def test_of_a_seed_is_its_hosts_own(self) -> None:
        assert header(["session=1"], "https://www.example.com/") == "session=1"
        assert header(kept(before=["session=1"]), "https://other.example.com/") == ""

    @pytest.mark.parametrize("text", ["", "=x", "novalue", "a=b\x00c", "a=é", "a=" + "x" * 5000, ";;;", *BROKEN_LINES])
    def test_that_is_none_is_passed_over(self, text: str) -> None:
        assert parse_cookie(text, NOW) is None

    def test_is_one_of_not_too_many(self) -> None:
        assert len(kept(*(f"c{number}=1" for number in range(500)))) == MAX_COOKIES


@given(
    st.lists(st.text(max_size=60), max_size=5), st.sampled_from([PAGE, URL("http://1.2.3.4/"), URL("http://[::1]/x")])
)
def test_nothing_that_a_server_sends_breaks_a_header(texts: list[str], url: URL) -> None:
    sent = cookie_header(kept_cookies([], texts, url, NOW), url, NOW)
    assert sent.isprintable()
    assert sent.isascii()


ATTRIBUTES = st.builds(
    "{}={}".format,
    st.sampled_from(["Max-Age", "Expires", "Path", "Domain", "HostOnly", "Secure"]),
    st.one_of(
        st.integers().map(str),
        st.datetimes().map(lambda date: date.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        st.from_regex(r"\A\d{1,5}[- ][A-Za-z]{3}[- ]\d{1,6} \d{1,3}:\d{1,3}(:\d{1,3})?( [-+]?\d{0,6})?\Z"),
        st.text(max_size=30).map("/".__add__),
        st.text(max_size=30).map("a.".__add__),
        st.text(max_size=30),
    ),
)


@given(
    st.lists(st.lists(ATTRIBUTES, max_size=4).map(lambda parts: "; ".join(["a=1", *parts])), max_size=4),
    st.sampled_from([PAGE, URL("http://1.2.3.4/"), URL("http://[::1]/x")]),
    st.floats(0, 4e9),
)
def test_no_attribute_breaks_a_fetch_or_the_text_that_is_kept(texts: list[str], url: URL, now: float) -> None:
    values = kept_cookies(texts, texts, url, now)
    assert all(len(value.splitlines()) == 1 for value in values)
    assert kept_cookies(values, [], url, now) == values, "what is kept is read back as it is"
    assert cookie_header(values, url, now).isprintable()


@pytest.mark.parametrize("kind", [HttpProtocol, RequestsProtocol])
class TestAFetcher:
    def test_sends_back_what_the_metadata_holds_on_request(self, kind: type[Protocol]) -> None:
        with LoopbackServer(lambda request: http(200, set_cookie="b=2; Path=/")) as server:
            metadata = ALLOWED | {"protocol.set-cookie": ["a=1; Path=/"]}
            fetch_all([(server.url(), metadata)], kind)
            (response,) = fetch_all([(server.url(), metadata)], kind, clock=VirtualClock(NOW), http__use__cookies=True)
            assert [request.headers.get("cookie") for request in server.requests] == [None, "a=1"]
        assert response.headers["set-cookie"] == ["a=1; Path=/; HostOnly=127.0.0.1", "b=2; Path=/; HostOnly=127.0.0.1"]

    def test_loses_no_page_to_a_cookie_for_ever(self, kind: type[Protocol]) -> None:
        answer = http(200, b"page", set_cookie="sid=1; Max-Age=9223372036854775807")
        with LoopbackServer(lambda request: answer) as server:
            (response,) = fetch_all([(server.url(), ALLOWED)], kind, http__use__cookies=True)
        assert response.content == b"page"
        assert response.headers["set-cookie"][0].startswith("sid=1; ")

    def test_keeps_none_itself(self, kind: type[Protocol]) -> None:
        with LoopbackServer(lambda request: http(200, b"x", set_cookie="a=1; Path=/")) as server:
            fetch_all([(server.url(), ALLOWED)] * 2, kind, http__use__cookies=True)
            assert all("cookie" not in request.headers for request in server.requests)
            assert fetch(server.url(), kind=kind).headers["set-cookie"] == ["a=1; Path=/"], (
                "verbatim where they are off"
            )
