"""What a store in Elasticsearch or OpenSearch does beside the contracts: indices, claims, limits."""

import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier import Shard
from spindrift.frontier.store_key import StoreKeys
from spindrift.search_engine.address import SearchAddress
from spindrift.search_store import SearchStore
from spindrift.store import Store, open_store
from spindrift.store_url import store_exists
from tests.frontier.contract import NOW, discovered, fetched, urls
from tests.index.contract import page
from tests.real.search_stores import SETTINGS, SearchServer, new_server, server

__all__ = ["server"]


@pytest.fixture
def store(server: SearchServer) -> Iterator[Store]:
    server.empty()
    with open_store(server.url, SETTINGS) as store:
        yield store


def test_urls_have_stormcrawlers_fields_and_are_routed_by_their_key(store: Store, server: SearchServer) -> None:
    store.frontier.put([discovered("http://www.a.example/1", NOW, **{"url.path": "x"})])
    server.send("POST", f"/{server.prefix}-status/_refresh")
    [hit] = server.send("GET", f"/{server.prefix}-status/_search")["hits"]["hits"]
    assert hit["_routing"] == "www.a.example"
    source = hit["_source"]
    assert source.pop("updated")
    assert source == {
        "url": "http://www.a.example/1",
        "key": "www.a.example",
        "status": "DISCOVERED",
        "nextFetchDate": "2023-11-14T22:13:20.000Z",
        "metadata": {"url%2Epath": ["x"]},
    }


def test_documents_have_stormcrawlers_fields(store: Store, server: SearchServer) -> None:
    store.documents.put([page("http://www.a.com/", "The tide.", "Tides", fields={"keywords": ["sea"], "host": ["x"]})])
    server.send("POST", f"/{server.prefix}-content/_refresh")
    [hit] = server.send("GET", f"/{server.prefix}-content/_search")["hits"]["hits"]
    assert hit["_source"] == {
        "url": "http://www.a.com/",
        "host": "www.a.com",
        "domain": "a.com",
        "title": "Tides",
        "content": "The tide.",
        "fetched": "1970-01-01T00:01:40.000000Z",
        "keywords": ["sea"],
        "%68ost": ["x"],
    }


def test_a_spout_task_has_shards_of_its_own(store: Store) -> None:
    store.frontier.put([discovered(f"http://h{n}.example/{m}") for n in range(20) for m in range(2)])
    parts = [store.frontier.due(NOW, 100, 10, {}, Shard(index, 2)) for index in range(2)]
    keys = [{record.key for record in part} for part in parts]
    assert keys[0].isdisjoint(keys[1])
    assert len(keys[0] | keys[1]) == 20
    with pytest.raises(StoreError, match=r"has 3 shards, too few for 4 spout tasks.*store.search.shards"):
        store.frontier.claim(Shard(0, 4))


def test_what_another_process_wrote_is_noticed(store: Store, server: SearchServer) -> None:
    assert not store.frontier.written_elsewhere()
    store.frontier.put([discovered("http://a.example/")])
    assert len(store.frontier.due(NOW, 10, 10, {})) == 1
    assert not store.frontier.written_elsewhere()
    other = SearchStore(SearchAddress.parse(server.url), SETTINGS)  # not the one that this process shares
    other.frontier.put([discovered("http://b.example/")])
    assert store.frontier.written_elsewhere()
    assert len(store.frontier.due(NOW, 10, 10, {})) == 2
    other.close()


def test_pages_of_all_urls_have_also_those_that_are_too_long_to_be_sorted_by(store: Store) -> None:
    long = [f"http://a.example/{n}" + "x" * 9000 for n in range(3)]
    store.frontier.put([discovered(url)._replace(updated=float(n)) for n, url in enumerate(long)])
    store.frontier.put([discovered("http://b.example/")])
    assert urls(list(store.frontier.records())) == ["http://b.example/", *long]
    assert len(store.frontier.due(NOW, 10, 10, {})) == 4


def test_urls_of_one_time_that_are_too_long_to_be_sorted_by_are_on_one_page_each(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spindrift.frontier.search_frontier._PAGE", 2)
    monkeypatch.setattr("spindrift.index.search_documents._PAGE", 2)
    found = ["http://a.example/short", *(f"http://a.example/{n}" + "x" * 9000 for n in range(5))]
    store.frontier.put([discovered(url)._replace(updated=7.0) for url in found])
    assert sorted(urls(list(store.frontier.records()))) == sorted(found)
    store.documents.put([page(url) for url in found])
    copied = list(store.documents.iterate())
    assert sorted(each.url for each in copied) == sorted(found)
    assert all(not each.fields for each in copied)


def test_a_limit_of_urls_a_host_is_kept_to(server: SearchServer) -> None:
    server.empty()
    settings = Settings({"crawl.max.urls.per.host": 5})
    with open_store(server.url, settings) as store:
        store.frontier.put([discovered(f"http://a.example/{n}") for n in range(4)])
        store.frontier.put([discovered(f"http://a.example/{n}") for n in range(3, 9)])
        store.frontier.put([fetched("http://a.example/other"), discovered("http://b.example/")])
        counts = Counter(record.key for record in store.frontier.records())
    assert counts == {"a.example": 6, "b.example": 1}


def test_a_killed_crawl_leaves_all_that_was_stored_and_no_claim(server: SearchServer) -> None:
    server.empty()
    script = f"""
        import os, signal
        from spindrift.store import open_store
        from tests.frontier.contract import NOW, discovered
        frontier = open_store("{server.url}").frontier
        frontier.claim()
        frontier.put([discovered(f"http://h{{n % 3}}.example/{{n}}") for n in range(9)])
        assert len(frontier.due(NOW, 5, 2, {{}})) == 5
        print("up", flush=True)
        signal.pause()
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline() == b"up\n"
            with open_store(server.url, SETTINGS) as store:
                with pytest.raises(StoreError, match=rf"is being crawled by process {other.pid} on "):
                    store.frontier.claim()
                with pytest.raises(StoreError, match="is being crawled by process"):
                    store.frontier.claim(Shard(1, 2))
                other.kill()
                other.wait()
                store.frontier.claim()
                assert len(store.frontier.due(NOW, 100, 10, {})) == 9
        finally:
            other.kill()


_ENDLESS = "x" * 40_000


@pytest.mark.parametrize("shard", [Shard(0, 1), Shard(1, 2)])
def test_a_crawl_that_was_stopped_for_too_long_finds_that_another_one_has_taken_over(
    server: SearchServer, shard: Shard, caplog: pytest.LogCaptureFixture
) -> None:
    server.empty()
    address = SearchAddress.parse(server.url)
    clocks = [VirtualClock(), VirtualClock()]
    first, second = (SearchStore(address, SETTINGS, clock=clock) for clock in clocks)
    try:
        claims = [store._claims for store in (first, second)]
        assert claims[0] is not None
        assert claims[1] is not None
        claim = first.frontier.claim()
        with pytest.raises(StoreError, match="is being crawled by process"):
            second.frontier.claim(shard)
        claims[0].renew()
        clocks[1].advance(61)
        second.frontier.claim(shard)
        assert first.trouble is None
        claims[0].renew()
        assert "another crawl took it over while this process was stopped" in str(first.trouble)
        assert "another crawl took it over" in caplog.text
        with pytest.raises(StoreError, match="gives out no more URLs"):
            first.frontier.due(NOW, 10, 10, {})
        claim.release()  # which leaves the other one's
        claims[1].renew()
        claims[1].renew()
        assert second.trouble is None
        assert second.frontier.due(NOW, 10, 10, {}, shard) == []
    finally:
        first.close()
        second.close()


def test_a_claim_that_nobody_has_taken_meanwhile_is_kept(server: SearchServer) -> None:
    server.empty()
    clock = VirtualClock()
    store, other = (SearchStore(SearchAddress.parse(server.url), SETTINGS, clock=clock) for _ in range(2))
    try:
        store.frontier.claim()
        clock.advance(3600)
        assert store._claims is not None
        store._claims.renew()
        assert store.trouble is None
        with pytest.raises(StoreError, match="is being crawled"):
            other.frontier.claim()
    finally:
        store.close()
        other.close()


def test_no_metadata_and_no_page_is_too_odd_for_the_index(server: SearchServer) -> None:
    with new_server(server.service) as new, open_store(new.url, SETTINGS) as store:
        metadata = [{_ENDLESS: "y", "": _ENDLESS}, {f"name{n}": "x" for n in range(1200)}, {"another": "x"}]
        found = [discovered(f"http://a.example/{n}", NOW, **said) for n, said in enumerate(metadata)]
        host = f"http://{_ENDLESS}/"
        store.frontier.put([*found, discovered(host)._replace(key=StoreKeys("byHost").of(host))])
        assert store.frontier.get(host) is not None
        for update in found:
            record = store.frontier.get(update.url)
            assert record is not None
            assert record.metadata == update.metadata
        pages = [
            page("http://a.example/1", fields={"format": [_ENDLESS]}, language=_ENDLESS, status=2**31),
            page("http://a.example/2", fields={f"name{n}": ["x"] for n in range(2200)}),
            page(f"http://{_ENDLESS}.example/3"),
        ]
        store.documents.put(pages)
        assert sorted(each.url for each in store.documents.iterate()) == sorted(each.url for each in pages)


def test_an_index_that_somebody_deletes_is_missed_and_made_again_by_the_next_start(server: SearchServer) -> None:
    with new_server(server.service) as new:
        with open_store(new.url, SETTINGS) as store:
            store.frontier.put([discovered("http://a.example/")])
            new.send("DELETE", f"/{new.prefix}-status")
            for update in (fetched("http://a.example/"), discovered("http://b.example/")):
                with pytest.raises(StoreError, match=f"there is no index {new.prefix}-status any more"):
                    store.frontier.put([update])
            assert "there is no index" in str(store.trouble)
            assert not store_exists(new.url)
        with open_store(new.url, SETTINGS) as store:
            store.frontier.put([discovered("http://b.example/")])
            assert len(store.frontier.due(NOW, 10, 10, {})) == 1


def test_an_index_that_lacks_the_alias_to_write_by_is_given_it(server: SearchServer) -> None:
    server.empty()
    server.send("DELETE", f"/{server.prefix}-status/_alias/{server.prefix}-status-write")
    with open_store(server.url, SETTINGS) as store:
        store.frontier.put([discovered("http://a.example/")])
        assert store.frontier.get("http://a.example/") is not None


def test_indices_are_made_by_the_first_who_writes(server: SearchServer) -> None:
    with new_server(server.service) as new:
        assert not store_exists(new.url)
        with pytest.raises(StoreError, match=f"there is no index {new.prefix}-status; crawl into it first"):
            open_store(new.url, read_only=True)
        domains = {"partition.url.mode": "byDomain", "store.search.shards": 2, "store.search.replicas": 0}
        open_store(new.url, Settings(domains)).close()
        assert store_exists(new.url)
        [found] = new.send("GET", f"/{new.prefix}-status/_settings").values()
        assert found["settings"]["index"]["number_of_shards"] == "2"
        with pytest.raises(ConfigurationError, match="keeps URLs together by byDomain, not byHost"):
            open_store(new.url, SETTINGS)
        with (
            open_store(new.url, SETTINGS, read_only=True) as store,
            pytest.raises(StoreError, match="for reading only"),
        ):
            store.frontier.put([discovered("http://a.example/")])
