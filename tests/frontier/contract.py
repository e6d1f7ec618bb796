"""What every frontier must hold to. Subclass `FrontierContract` and give it the fixture `frontier`."""

import threading
import time
from collections.abc import Sequence
from itertools import chain

import pytest

from spindrift.frontier import Frontier, Said, Shard, StatusUpdate, UrlRecord
from spindrift.status import Status

NOW = 1_700_000_000.0


def discovered(url: str, next_fetch: float | None = NOW, **metadata: str) -> StatusUpdate:
    """A new URL; its key is its host."""
    return StatusUpdate(url, url.split("/")[2], Status.DISCOVERED, {k: [v] for k, v in metadata.items()}, next_fetch)


def fetched(url: str, next_fetch: float | None = NOW + 3600) -> StatusUpdate:
    """A URL after its fetch."""
    return discovered(url, next_fetch)._replace(status=Status.FETCHED)


def in_flight(records: Sequence[UrlRecord]) -> dict[str, set[str]]:
    """The records as a spout keeps them."""
    leases: dict[str, set[str]] = {}
    for record in records:
        leases.setdefault(record.key, set()).add(record.url)
    return leases


def urls(records: Sequence[UrlRecord]) -> list[str]:
    """The URLs of records, in their order."""
    return [record.url for record in records]


class FrontierContract:
    """Stores, schedules, takes turns, holds, counts."""

    records_in_order_of_urls = False
    """Whether `records` come so, as the store does not know in which order they came to it."""

    def test_gives_what_was_put(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/1", depth="2")])
        [record] = frontier.due(NOW, 10, 10, {})
        assert (record.url, record.key, record.status) == ("http://a.example/1", "a.example", Status.DISCOVERED)
        assert (record.metadata, record.next_fetch) == ({"depth": ["2"]}, NOW)
        assert frontier.get("http://a.example/1") == record

    def test_any_text_survives_in_url_and_metadata(self, frontier: Frontier) -> None:
        url = "http://a.example/ü\"'\\?q=日本&x=%00"
        frontier.put([discovered(url, title='\u2028 "quoted" \\ \t\n NUL\0 \U0001f30a é')])
        record = frontier.get(url)
        assert record is not None
        assert record.url == url
        assert record.metadata == {"title": ['\u2028 "quoted" \\ \t\n NUL\0 \U0001f30a é']}

    def test_half_a_surrogate_pair_does_no_harm(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/\ud800", title="\udfff")])
        assert frontier.get("http://a.example/\ud800") is not None

    def test_a_page_that_has_changed_since_its_fetch_is_due(self, frontier: Frontier) -> None:
        url, other = "http://a.example/1", "http://a.example/2"
        frontier.put([fetched(url), fetched(other)])
        record = frontier.get(url)
        assert record is not None
        for changed, due in ((record.updated - 1, NOW + 3600), (record.updated + 1, NOW)):
            frontier.put([discovered(url, NOW, depth="9")._replace(said=Said(changed, {}))])
            known = frontier.get(url)
            assert known is not None
            assert known.next_fetch == due
            assert (known.status, known.metadata, known.updated) == (Status.FETCHED, {}, record.updated)
        assert urls(frontier.due(NOW, 10, 10, {})) == [url]

    def test_a_known_url_takes_over_what_is_said_of_it(self, frontier: Frontier) -> None:
        url = "http://a.example/1"
        frontier.put([fetched(url)._replace(metadata={"depth": ["1"], "sitemap.changefreq": ["daily"]})])
        before = frontier.get(url)
        said = {"sitemap.changefreq": ["weekly"], "sitemap.priority": ["0.5"]}
        frontier.put([discovered(url, NOW, depth="9")._replace(said=Said(None, said))])
        record = frontier.get(url)
        assert before is not None
        assert record is not None
        assert record.metadata == {"depth": ["1"]} | said
        assert (record.status, record.next_fetch, record.updated) == (Status.FETCHED, NOW + 3600, before.updated)

    def test_what_was_given_up_or_is_due_earlier_stays_as_it_is(self, frontier: Frontier) -> None:
        gone = fetched("http://a.example/gone", None)._replace(status=Status.ERROR)
        frontier.put([gone, discovered("http://a.example/new", NOW - 5), fetched("http://a.example/soon", NOW - 5)])
        later = 4_000_000_000.0
        for name in ("gone", "new", "soon", "unknown"):
            frontier.put([discovered(f"http://a.example/{name}", NOW)._replace(said=Said(later, {}))])
        found = {record.url.rpartition("/")[2]: record.next_fetch for record in frontier.records()}
        assert found == {"gone": None, "new": NOW - 5, "soon": NOW - 5, "unknown": NOW}

    def test_an_unknown_url_is_none(self, frontier: Frontier) -> None:
        assert frontier.get("http://a.example/") is None
        assert frontier.statuses(["http://a.example/"]) == {}

    def test_nothing_is_due_before_its_time(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/", NOW + 10.0005)])
        assert frontier.due(NOW + 10, 10, 10, {}) == []
        assert urls(frontier.due(NOW + 10.001, 10, 10, {})) == ["http://a.example/"]

    def test_never_is_never_due(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/", None)])
        assert frontier.due(NOW + 1e9, 10, 10, {}) == []
        assert frontier.next_due(NOW) is None

    def test_discovered_never_turns_a_known_url_back(self, frontier: Frontier) -> None:
        frontier.put([fetched("http://a.example/")])
        frontier.put([discovered("http://a.example/", depth="9")])
        record = frontier.get("http://a.example/")
        assert record is not None
        assert (record.status, record.next_fetch, record.metadata) == (Status.FETCHED, NOW + 3600, {})
        assert frontier.due(NOW, 10, 10, {}) == []

    def test_the_last_of_two_updates_of_one_batch_wins(self, frontier: Frontier) -> None:
        url = "http://a.example/"
        frontier.put([discovered(url), fetched(url), fetched(url)._replace(status=Status.ERROR), discovered(url)])
        assert frontier.statuses([url]) == {url: Status.ERROR}

    def test_an_update_may_bring_the_time_nearer(self, frontier: Frontier) -> None:
        url = "http://a.example/"
        frontier.put([discovered(url, NOW + 500)])
        assert frontier.due(NOW, 10, 10, {}) == []
        frontier.put([fetched(url, NOW - 5)])
        assert urls(frontier.due(NOW, 10, 10, {})) == [url]
        frontier.put([fetched(url, None)])
        assert frontier.due(NOW, 10, 10, {}) == []
        frontier.put([fetched(url, NOW)])
        assert urls(frontier.due(NOW, 10, 10, {})) == [url]

    def test_a_url_may_move_to_another_key(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://www.a.example/")])
        assert len(frontier.due(NOW, 10, 10, {})) == 1
        frontier.put([fetched("http://www.a.example/", NOW)._replace(key="a.example")])
        [record] = frontier.due(NOW, 10, 10, {})
        assert record.key == "a.example"

    def test_the_earliest_of_a_key_comes_first(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://a.example/{n}", NOW - n) for n in (3, 9, 5)])
        assert urls(frontier.due(NOW, 2, 10, {})) == ["http://a.example/9", "http://a.example/5"]

    def test_keys_are_interleaved(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://{host}.example/{n}") for host in "abc" for n in range(5)])
        keys = [record.key for record in frontier.due(NOW, 9, 3, {})]
        assert [sorted(keys[i : i + 3]) for i in (0, 3, 6)] == [["a.example", "b.example", "c.example"]] * 3

    def test_at_most_so_many_of_a_key_with_those_in_flight(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://a.example/{n}") for n in range(5)])
        first = frontier.due(NOW, 10, 2, {})
        assert len(first) == 2
        assert frontier.due(NOW, 10, 2, in_flight(first)) == []
        second = frontier.due(NOW, 10, 2, in_flight(first[:1]))
        assert len(second) == 1
        assert second[0].url != first[0].url

    def test_a_quick_key_gets_its_batch_although_some_are_in_flight(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://{host}.example/{n}") for host in "ab" for n in range(9)])
        first = frontier.due(NOW, 10, 2, {})
        quick = frontier.due(NOW, 10, 2, in_flight(first), quick={"a.example": 1})
        assert [record.key for record in quick] == ["a.example"]
        assert len(frontier.due(NOW, 10, 2, in_flight(first), quick={"a.example": 50})) == 2

    def test_what_is_in_flight_is_not_given_again_and_what_came_back_is(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/")])
        records = frontier.due(NOW, 10, 10, {})
        assert frontier.due(NOW, 10, 10, in_flight(records)) == []
        assert frontier.due(NOW, 10, 10, {}) == records

    def test_a_key_with_ten_thousand_urls_does_not_starve_others(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://huge.example/{n}", NOW - 1000) for n in range(10_000)])
        frontier.put([discovered(f"http://small{n}.example/") for n in range(50)])
        given: list[UrlRecord] = []
        for _ in range(60):  # a batch of two, 51 keys: each has had its turn after 26
            given += frontier.due(NOW, 2, 1, {})
        assert {record.key for record in given} == {"huge.example"} | {f"small{n}.example" for n in range(50)}

    def test_a_key_with_nearly_all_old_urls_hides_no_other(self, frontier: Frontier) -> None:
        """Batch after batch, as what was given is fetched: each key in turn, those that waited longest first."""
        frontier.put([discovered(f"http://huge.example/{n}", NOW - 9000 - n) for n in range(1000)])
        small = [f"small{n:02}.example" for n in range(24)]
        frontier.put([discovered(f"http://{key}/{n}", NOW - 100 * n) for n, key in enumerate(small)])
        frontier.put([discovered(f"http://{key}/later", NOW) for key in small])
        rounds: list[UrlRecord] = []
        for _ in range(10):  # 25 keys, twice
            batch = frontier.due(NOW, 5, 3, {})
            rounds += batch
            frontier.put([fetched(record.url) for record in batch])
        expected = ["huge.example", *reversed(small)]
        assert [record.key for record in rounds[:25]] == expected
        assert sorted(record.key for record in rounds[25:]) == sorted(expected)
        assert urls([record for record in rounds if record.key == "huge.example"]) == [
            "http://huge.example/999",
            "http://huge.example/998",
        ]

    def test_what_is_older_than_all_that_was_given_comes_next(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://h{n:02}.example/", NOW - 500 + n) for n in range(20)])
        given = frontier.due(NOW, 5, 2, {})
        frontier.put([discovered("http://new.example/", NOW - 900), discovered("http://newest.example/")])
        following = frontier.due(NOW, 5, 2, in_flight(given))
        assert urls(given) == [f"http://h{n:02}.example/" for n in range(5)]
        assert urls(following) == ["http://new.example/", *(f"http://h{n:02}.example/" for n in range(5, 9))]

    def test_few_keys_fill_a_batch_by_turns(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://a.example/{n}", NOW - 500 + n) for n in range(20)])
        frontier.put([discovered("http://b.example/", NOW - 5)])
        keys = [record.key for record in frontier.due(NOW, 8, 9, {})]
        assert keys == ["a.example", "b.example"] + 6 * ["a.example"]

    def test_keys_take_turns_while_the_clock_stands_still(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://{host}.example/{n}") for host in "abcd" for n in range(9)])
        keys = [frontier.due(NOW, 1, 1, {})[0].key for _ in range(8)]
        assert sorted(keys[:4]) == ["a.example", "b.example", "c.example", "d.example"]
        assert keys[4:] == keys[:4]

    def test_busy_keys_do_not_hide_those_behind_them(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://busy{n}.example/") for n in range(40)])
        busy = frontier.due(NOW, 40, 1, {})
        frontier.put([discovered("http://free.example/")])
        assert urls(frontier.due(NOW, 1, 2, in_flight(busy))) == ["http://free.example/"]

    def test_a_held_key_is_silent_until_its_time(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/"), discovered("http://b.example/")])
        frontier.hold("a.example", NOW + 60, "429 Too Many Requests", 2)
        frontier.put([discovered("http://a.example/new")])
        assert urls(frontier.due(NOW + 59.999, 10, 10, {})) == ["http://b.example/"]
        assert len(frontier.due(NOW + 60, 10, 10, {})) == 3

    def test_a_released_key_speaks_at_once(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/")])
        frontier.hold("a.example", NOW + 60, "slow", 1)
        assert frontier.due(NOW, 10, 10, {}) == []
        frontier.hold("a.example", 0.0, "", 0)
        assert urls(frontier.due(NOW, 10, 10, {})) == ["http://a.example/"]
        assert frontier.hosts(10, held_only=True, now=NOW) == []

    def test_a_pause_concerns_the_next_crawl_alone(self, frontier: Frontier) -> None:
        soon = time.time() + 60
        frontier.put([discovered("http://a.example/"), discovered("http://b.example/")])
        frontier.hold("b.example", soon + 60, "503", 1)
        frontier.pause("a.example", soon - 30)
        frontier.pause("a.example", soon)
        frontier.pause("b.example", soon)
        frontier.pause("c.example", NOW)
        assert [host.key for host in frontier.hosts(10, held_only=True)] == ["b.example"]
        assert urls(frontier.due(soon - 1, 10, 10, {})) == ["http://a.example/"]
        frontier.claim().release()
        assert frontier.due(soon - 1, 10, 10, {}) == []
        assert frontier.next_due(soon - 1) == pytest.approx(soon, abs=0.01)
        held = {host.key: host.reason for host in frontier.hosts(10, held_only=True)}
        assert held == {"a.example": "the pause after its last request, in an earlier crawl", "b.example": "503"}
        assert urls(frontier.due(soon + 1, 10, 10, {})) == ["http://a.example/"]

    def test_tells_whether_it_is_being_crawled(self, frontier: Frontier) -> None:
        assert not frontier.is_being_crawled()
        claim = frontier.claim()
        assert frontier.is_being_crawled()
        claim.release()
        assert not frontier.is_being_crawled()

    def test_finds_the_urls_of_a_key_that_begin_alike(self, frontier: Frontier) -> None:
        of_a = [f"http://a.example/{path}" for path in ("a_b", "a_b/1", "a_b/2", "axb", "A_B/3", "a%25b")]
        frontier.put([discovered(url) for url in [*of_a, "http://b.example/a_b"]])
        assert sorted(frontier.beginning("http://a.example/a_b", "a.example", 10)) == of_a[:3]
        assert len(frontier.beginning("http://a.example/a_b", "a.example", 2)) == 2
        assert frontier.beginning("http://a.example/a%", "a.example", 10) == of_a[5:]
        assert frontier.beginning("http://b.example/", "a.example", 10) == []

    def test_a_key_may_be_held_before_its_first_url(self, frontier: Frontier) -> None:
        frontier.hold("a.example", NOW + 60, "slow", 1)
        frontier.put([discovered("http://a.example/")])
        assert frontier.due(NOW, 10, 10, {}) == []
        assert frontier.next_due(NOW) == NOW + 60

    def test_says_which_keys_are_held_and_why(self, frontier: Frontier) -> None:
        frontier.put([discovered("http://a.example/"), fetched("http://a.example/2"), discovered("http://b.example/")])
        frontier.hold("a.example", NOW + 60, "503 Service Unavailable", 3)
        [host] = frontier.hosts(10, held_only=True, now=NOW)
        assert (host.key, host.urls, host.by_status) == ("a.example", 2, {"DISCOVERED": 1, "FETCHED": 1})
        assert (host.held_until, host.reason, host.failures) == (NOW + 60, "503 Service Unavailable", 3)
        assert host.next_due == NOW + 60
        assert frontier.hosts(10, held_only=True, now=NOW + 61) == []

    def test_lists_the_largest_hosts_first(self, frontier: Frontier) -> None:
        frontier.put(
            [discovered(f"http://{host}.example/{n}") for host, size in (("a", 1), ("b", 3)) for n in range(size)]
        )
        assert [(host.key, host.urls) for host in frontier.hosts(10)] == [("b.example", 3), ("a.example", 1)]
        assert len(frontier.hosts(1)) == 1

    def test_counts_the_hosts_that_have_urls(self, frontier: Frontier) -> None:
        frontier.hold("c.example", NOW + 60, "503", 1)
        assert frontier.count_hosts() == 0
        frontier.put([discovered("http://a.example/1"), discovered("http://a.example/2"), fetched("http://b.example/")])
        assert frontier.count_hosts() == 2

    def test_says_when_the_next_url_is_due(self, frontier: Frontier) -> None:
        assert frontier.next_due(NOW) is None
        frontier.put([discovered("http://a.example/", NOW + 50), discovered("http://b.example/", NOW + 30)])
        assert frontier.next_due(NOW) == NOW + 30
        frontier.put([fetched("http://b.example/", NOW + 90)])
        assert frontier.next_due(NOW) == NOW + 50
        frontier.hold("a.example", NOW + 70, "slow", 1)
        assert frontier.next_due(NOW) == NOW + 70
        due = frontier.next_due(NOW + 100)
        assert due is not None
        assert due <= NOW + 100

    def test_counts_by_status_through_all_changes(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://a.example/{n}") for n in range(4)])
        frontier.put([fetched("http://a.example/0"), fetched("http://a.example/0"), discovered("http://a.example/0")])
        frontier.put([fetched("http://a.example/1")._replace(status=Status.ERROR)])
        counts = frontier.count_by_status()
        assert counts == {"DISCOVERED": 2, "FETCHED": 1, "FETCH_ERROR": 0, "REDIRECTION": 0, "ERROR": 1}

    def test_gives_all_records_or_those_of_a_status(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://a.example/{n}") for n in range(2500)])
        frontier.put([fetched("http://a.example/7")])
        expected = [f"http://a.example/{n}" for n in range(2500)]
        assert urls(list(frontier.records())) == (sorted(expected) if self.records_in_order_of_urls else expected)
        assert urls(list(frontier.records(Status.FETCHED))) == ["http://a.example/7"]

    def test_tasks_share_the_keys_without_a_gap(self, frontier: Frontier) -> None:
        frontier.put([discovered(f"http://h{n}.example/") for n in range(30)])
        parts = [urls(frontier.due(NOW, 100, 10, {}, Shard(index, 3))) for index in range(3)]
        assert all(parts)
        assert sorted(chain.from_iterable(parts)) == sorted(f"http://h{n}.example/" for n in range(30))

    def test_tells_when_a_write_is_durable(self, frontier: Frontier) -> None:
        told: list[BaseException | None] = []
        done = threading.Semaphore(0)

        def on_durable(error: BaseException | None) -> None:
            told.append(error)
            done.release()

        frontier.put([discovered("http://a.example/")], on_durable)
        frontier.hold("b.example", NOW + 5, "slow", 1, on_durable)
        assert done.acquire(timeout=30)
        assert done.acquire(timeout=30)
        assert told == [None, None]
        assert frontier.get("http://a.example/") is not None
