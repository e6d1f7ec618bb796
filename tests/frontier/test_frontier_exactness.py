"""The frontier against a model: whatever happens in whatever order, no URL is lost and none is given out twice."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from spindrift.frontier import StatusUpdate, UrlRecord
from spindrift.status import Status
from spindrift.store import open_store
from tests.frontier.contract import NOW, discovered

HOSTS = ("a.example", "b.example", "c.example", "d.example")
PER_KEY = 2


class Exactness(RuleBasedStateMachine):
    """`known` is what the frontier must know, `leased` what was given out and not come back."""

    known: dict[str, UrlRecord]

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="spindrift-exactness-")
        self._url = f"sqlite:///{Path(self._folder.name)}/crawl.db"
        self.now = NOW
        self.known = {}
        self.leased: dict[str, set[str]] = {}
        self.held: dict[str, float] = {}
        self._open()

    def _open(self) -> None:
        self.store = open_store(self._url)
        self.frontier = self.store.frontier
        self.claim = self.frontier.claim()

    def teardown(self) -> None:
        self.store.close()
        self._folder.cleanup()

    def put(self, update: StatusUpdate) -> None:
        self.frontier.put([update])
        if update.status is not Status.DISCOVERED or update.url not in self.known:
            url, key, status, metadata, next_fetch, *_ = update
            self.known[url] = UrlRecord(url, key, status, metadata, next_fetch, 0.0)

    def due_now(self) -> set[str]:
        leased = set().union(*self.leased.values())
        return {
            record.url
            for record in self.known.values()
            if record.next_fetch is not None
            and record.next_fetch <= self.now
            and self.held.get(record.key, 0.0) <= self.now
            and record.url not in leased
        }

    @rule(host=st.sampled_from(HOSTS), page=st.integers(0, 9), delay=st.sampled_from([0, 0, 0, 5, 50]))
    def discover(self, host: str, page: int, delay: int) -> None:
        self.put(discovered(f"http://{host}/{page}", self.now + delay, depth=str(page)))

    @rule(limit=st.integers(1, 8))
    def give_out(self, limit: int) -> None:
        candidates = self.due_now()
        before = {key: len(urls) for key, urls in self.leased.items()}
        records = self.frontier.due(self.now, limit, PER_KEY, self.leased)
        given = [record.url for record in records]
        assert len(given) == len(set(given)) <= limit
        assert set(given) <= candidates
        for record in records:
            self.leased.setdefault(record.key, set()).add(record.url)
        assert all(len(urls) <= PER_KEY for urls in self.leased.values())
        # Nothing that may be given is kept back while there is room for it.
        free = [
            min(PER_KEY - before.get(host, 0), sum(self.known[url].key == host for url in candidates)) for host in HOSTS
        ]
        assert len(given) == min(limit, sum(free))

    @precondition(lambda self: any(self.leased.values()))
    @rule(data=st.data(), status=st.sampled_from(list(Status)[1:]), delay=st.sampled_from([0, 5, 50, None]))
    def finish(self, data: st.DataObject, status: Status, delay: int | None) -> None:
        url = data.draw(st.sampled_from(sorted(set().union(*self.leased.values()))))
        record = self.known[url]
        self.put(StatusUpdate(url, record.key, status, {}, None if delay is None else self.now + delay))
        self.leased[record.key].discard(url)

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), status=st.sampled_from(list(Status)[1:]), delay=st.sampled_from([-5, 5, 50, None]))
    def store_unasked(self, data: st.DataObject, status: Status, delay: int | None) -> None:
        """The status of a URL that was not given out, as after a tuple that had timed out; its time may come nearer."""
        record = self.known[data.draw(st.sampled_from(sorted(self.known)))]
        self.put(StatusUpdate(record.url, record.key, status, {}, None if delay is None else self.now + delay))

    @precondition(lambda self: any(self.leased.values()))
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        url = data.draw(st.sampled_from(sorted(set().union(*self.leased.values()))))
        self.leased[self.known[url].key].discard(url)

    @rule(host=st.sampled_from(HOSTS), delay=st.sampled_from([0, 3, 30]))
    def hold(self, host: str, delay: int) -> None:
        self.held[host] = self.now + delay if delay else 0.0
        self.frontier.hold(host, self.held[host], "slow" if delay else "", 1)

    @rule(seconds=st.sampled_from([0.001, 1, 10, 100]))
    def wait(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 3)

    @rule()
    def crash(self) -> None:
        """What the process remembered is gone: the leases."""
        self.claim.release()
        self.store.close()
        self.leased.clear()
        self._open()

    @invariant()
    def nothing_is_lost_or_changed(self) -> None:
        stored = {record.url: record for record in self.frontier.records()}
        assert stored.keys() == self.known.keys()
        for url, record in stored.items():
            expected = self.known[url]
            assert (record.status, record.next_fetch) == (expected.status, expected.next_fetch)
            assert record.metadata == expected.metadata

    @invariant()
    def counts_are_exact(self) -> None:
        counts = self.frontier.count_by_status()
        assert all(
            counts[status] == sum(record.status is status for record in self.known.values()) for status in Status
        )

    @invariant()
    def the_next_time_is_exact(self) -> None:
        times = [
            max(record.next_fetch, self.held.get(record.key, 0.0))
            for record in self.known.values()
            if record.next_fetch is not None
        ]
        expected = min(times, default=None)
        found = self.frontier.next_due(self.now)
        if expected is not None and expected <= self.now:
            assert found is not None
            assert found <= self.now
        else:
            assert found == expected


TestExactness = Exactness.TestCase
TestExactness.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
