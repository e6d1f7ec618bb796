"""Which metadata goes from a page to its links, and which is stored."""

import pytest

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.fetching import retries
from spindrift.metadata_transfer import MAX_PATH, MetadataTransfer
from spindrift.politeness import asked
from spindrift.protocol import http, proxies, requests

PAGE = "http://www.example.com"
LINK = "http://www.example.com/outlink.html"
FETCH = {
    "fetch.statusCode": ["500"],
    "fetch.error.count": ["2"],
    "fetch.exception": ["TimeoutError"],
    "fetchInterval": ["200"],
    "isFeed": ["true"],
    "depth": ["1"],
}


def transfer(conf: dict[str, object]) -> MetadataTransfer:
    return MetadataTransfer.from_settings(Settings(conf))


def test_a_link_gets_depth_path_and_what_is_transferred() -> None:
    source = {"cookie.id": ["42"], "cookie.source": ["example.com"], "fetchInterval": ["200"]}
    assert transfer({"metadata.transfer": ["cookie.*"]}).outlink(LINK, PAGE, source) == {
        "cookie.id": ["42"],
        "cookie.source": ["example.com"],
        "depth": ["1"],
        "url.path": [PAGE],
    }


def test_depth_and_path_grow_with_each_link() -> None:
    metadata = transfer({}).outlink(LINK, PAGE, {"depth": ["3"], "url.path": ["http://seed/"], "max.depth": ["5"]})
    assert metadata == {"depth": ["4"], "url.path": ["http://seed/", PAGE], "max.depth": ["5"]}


def test_a_path_without_end_keeps_its_seed_and_its_last_pages() -> None:
    metadata: dict[str, list[str]] = {}
    for page in range(1000):
        metadata = transfer({}).outlink(LINK, f"http://trap/{page}", metadata)
    assert metadata["depth"] == ["1000"]
    assert metadata["url.path"] == [
        "http://trap/0",
        *(f"http://trap/{page}" for page in range(1000 - MAX_PATH + 1, 1000)),
    ]
    assert len(metadata["url.path"]) == MAX_PATH


def test_a_depth_that_is_no_number_counts_as_none() -> None:
    assert transfer({}).outlink(LINK, PAGE, {"depth": ["deep"]})["depth"] == ["1"]


def test_neither_is_tracked_where_that_is_switched_off() -> None:
    off = transfer({"metadata.track.path": False, "metadata.track.depth": False})
    assert off.outlink(LINK, PAGE, {"depth": ["3"], "url.path": ["http://seed/"]}) == {}


def test_leave_for_private_addresses_is_always_handed_on() -> None:
    metadata = {"fetch.private.allowed": ["true"]}
    assert transfer({}).outlink(LINK, PAGE, metadata)["fetch.private.allowed"] == ["true"]
    assert transfer({}).persistent(metadata) == metadata


def test_links_share_no_lists_with_each_other_or_the_page() -> None:
    source = {"cookie": ["a"]}
    outlink = transfer({"metadata.transfer": ["cookie"]}).for_source(PAGE, source)
    first, second = outlink(LINK), outlink(LINK)
    first["cookie"].append("b")
    first["url.path"].append("c")
    assert (second["cookie"], second["url.path"], source) == (["a"], [PAGE], {"cookie": ["a"]})


@pytest.mark.parametrize(
    ("persist", "stored"),
    [
        ([], {"depth", "fetch.error.count"}),
        (["fetch*"], {"depth", "fetch.error.count", "fetch.statusCode", "fetch.exception", "fetchInterval"}),
        (["fetch.*"], {"depth", "fetch.error.count", "fetch.statusCode", "fetch.exception"}),
        (["*"], set(FETCH)),
    ],
)
def test_what_is_stored(persist: list[str], stored: set[str]) -> None:
    assert set(transfer({"metadata.persist": persist}).persistent(FETCH)) == stored


def test_what_is_only_stored_is_not_handed_on() -> None:
    kept = transfer({"metadata.persist": ["isFeed"]})
    assert kept.persistent({"isFeed": ["true"]}) == {"isFeed": ["true"]}
    assert "isFeed" not in kept.outlink(LINK, PAGE, {"isFeed": ["true"]})


def test_how_a_url_is_asked_for_is_stored_for_each_of_its_visits_but_not_handed_on() -> None:
    metadata = {key: ["1"] for key in keys.REQUESTED}
    assert transfer({"metadata.persist": []}).persistent(metadata) == metadata
    assert transfer({}).outlink(LINK, PAGE, metadata).keys().isdisjoint(metadata)


def test_all_that_components_take_from_a_urls_metadata_to_ask_for_it_is_among_that() -> None:
    assert set(keys.REQUESTED) == {
        *(keys.POST_JSON, requests.HEAD, requests.SET_HEADER, http.CONTENT_LIMIT, proxies.SKIP),
        *("http.accept", "http.accept.language", "sitemap.discovery"),
        *(asked.DELAY, asked.MIN_DELAY, asked.THREADS, retries.MAX_TIMES, retries.DONT),
    }
