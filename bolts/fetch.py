"""Fetches pages politely: a thin skin over the fetch engine."""

from collections.abc import Sequence
from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift import metadata_keys as names
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.fetching.engine import FetchEngine
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import (
    Failed,
    GivenBack,
    NotModified,
    Outcome,
    Overflow,
    Page,
    Postponed,
    Redirect,
    Refused,
    Superseded,
)
from spindrift.fetching.record import after_response, without_last_fetch
from spindrift.fetching.visit import ignored
from spindrift.filtering import URLFilters
from spindrift.frontier.store_key import StoreKeys
from spindrift.metadata import Metadata, first
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.politeness.backoff import MAX_HOSTS, PAUSE, HostState
from spindrift.protocol.resolver import Lookup
from spindrift.protocol.response import Response
from spindrift.robots.agent import Agent
from spindrift.status import Status
from spindrift.urls import host_of
from spindrift.urls.partition import Partitioner

_SAME = 1.0
"""Seconds between two ends of a pause that are not worth telling apart."""


class FetcherBolt(Bolt):
    """Fetches URLs, each key (host) politely, redirects not followed.

    In: url, key, metadata (without a key: by `fetcher.queue.mode`). Emits
    - pages: url, content (bytes, decoded), metadata;
    - on `status`: url, metadata, status. FETCHED for an unchanged page (304), REDIRECTION after its target as
      DISCOVERED, ERROR for what is refused (robots.txt, malformed URL, private address, crawl_delay), FETCH_ERROR for
      everything else, with fetch.postponed.until where it means "not now"; sitemaps of a new robots.txt as DISCOVERED;
    - on `host`: key, until (epoch seconds; 0.0: free again), reason, failures of hosts that are left alone; with the
      reason `pause` after each request to a host that has a pause of more than 5 s, for the next crawl. The key is
      that of the URL in the frontier, also where the fetcher's queues go by another (byIP): each host that is turned
      away because of its address is named;
    - on `archive`, where a bolt listens to it: url, content, metadata, status of each visit, in place of its page
      (whose status is empty) or status. It is for that bolt to hand them on, once they are archived: see WARCBolt;
    - on `aside`: url, content, metadata of answers that lead nowhere, which only an archive wants: each robots.txt
      (metadata robots.txt: true), and what was asked for again (fetch.asked.again: true).

    Tuples are acked when their outcome is emitted, from the engine's thread. Fails a tuple only when the queue of its
    key is full (`fetcher.max.queue.size`), or it waits in a queue when the topology stops; blocks at
    `fetcher.max.urls.in.queues`. Reads fetcher.*, http.*, robots.*, protocol.md.prefix, redirections.allowed,
    sitemap.discovery, urlfilters.config.file, metadata.*, metrics.report.
    Without `http.agent.name` it refuses to start.
    """

    auto_ack = False
    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
        Stream(fields=["key", "until", "reason", "failures"], name="host"),
        Stream(fields=["url", "content", "metadata", "status"], name="archive"),
        Stream(fields=["url", "content", "metadata"], name="aside"),
    ]

    clock: Clock = SystemClock()
    lookup: Lookup | None = None
    """Looks up the addresses of hosts, None: by the machine's resolver; another one can be given in a subclass."""

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        agent = Agent.from_settings(settings)
        self._filters = URLFilters.from_settings(settings)
        self._transfer = MetadataTransfer.from_settings(settings)
        self._partitioner = Partitioner(settings.text("fetcher.queue.mode"))
        self._prefix = settings.text("protocol.md.prefix")
        self._redirections_allowed = settings.flag("redirections.allowed")
        self._sitemap_discovery = settings.flag("sitemap.discovery")
        self._metrics = settings.flag("metrics.report")
        listened = ctx.get("stream->target->grouping", {})
        self._archives = bool(listened.get("archive"))
        self._on_aside = self._emit_aside if listened.get("aside") else ignored
        self._any_page = False
        self._store_keys = StoreKeys.from_settings(settings)
        self._told: dict[tuple[str, bool], float] = {}
        """Until when, by key, and whether it is a pause: a hold is another thing, if it ends at the same time, too."""
        self._start(settings, agent)

    def process(self, tup: Any) -> None:
        self._engine.submit(self._item(tup))

    def process_tick(self, tup: Any) -> None:
        self._report()
        self.ack(tup)

    def stopping(self) -> None:
        """Fail what waits, which is due again next time; called by the runner, from another thread, when it stops."""
        self._engine.give_back()

    def cleanup(self) -> None:
        """Stop fetching; called by the runner when the bolt is to end."""
        self._engine.close()

    def _start(self, settings: Settings, agent: Agent) -> None:
        self._engine = FetchEngine(
            settings,
            agent.user_agent,
            self._deliver,
            self._host_changed,
            lookup=type(self).lookup,
            on_aside=self._on_aside,
        )
        self._engine.start()

    def _report(self) -> None:
        if self._metrics:
            self._engine.report(lambda report: self.report_metric("fetcher", report))

    def _item(self, tup: Any) -> FetchItem:
        values = tup.values
        if len(values) >= 3:
            url, key, metadata = values[:3]
        else:
            (url, metadata), key = values, ""
        if not key:
            try:
                key = self._partitioner.key(url, metadata)
            except (ValueError, OSError):
                key = url  # the engine will say what is wrong with it
        return FetchItem(url, key.lower(), without_last_fetch(metadata or {}), tup)

    def _deliver(self, item: FetchItem, outcome: Outcome) -> None:
        """Emit what became of a URL, then ack its tuple. Called in the engine's thread."""
        if isinstance(outcome, Overflow | GivenBack):
            self.fail(item.context)
            return
        if isinstance(outcome, Superseded):
            self.ack(item.context)  # of a tuple that has timed out, which nobody waits for
            return
        if item.sitemaps:
            self._emit_sitemaps(item)
        response = getattr(outcome, "response", None)
        metadata = item.metadata if response is None else after_response(item, response, self._prefix)
        if self._archives and response is None:
            metadata[self._prefix + names.REQUEST_TIME] = [str(round(self.clock.time() * 1000))]
        status = self._settle(item, outcome, metadata)
        content = b"" if response is None else response.content
        if self._archives:
            values = [item.url, content, metadata, "" if status is None else status.value]
            self.emit(values, stream="archive", anchors=[item.context])
        elif status is None:
            self.emit([item.url, content, metadata], anchors=[item.context])
        else:
            self._emit_status(item, item.url, metadata, status)
        self.ack(item.context)

    def _settle(self, item: FetchItem, outcome: Outcome, metadata: Metadata) -> Status | None:
        """The status of a URL, None for a page; `metadata` is told why, and the target of a redirect emitted."""
        match outcome:
            case Page():
                if not self._any_page:  # so that nobody sees pages without bytes until the next tick
                    self._any_page = True
                    self._report()
                return None
            case NotModified():
                return Status.FETCHED
            case Redirect():
                metadata[names.REDIRECT_TO] = [outcome.target]
                if self._redirections_allowed:
                    more = _moved(item.url, outcome.target, metadata)
                    self._emit_discovered(item, outcome.target, metadata, more)
                return Status.REDIRECTION
            case Failed():
                if outcome.cause:
                    metadata[names.FETCH_EXCEPTION] = metadata[names.ERROR_CAUSE] = [outcome.cause]
                return Status.FETCH_ERROR
            case Postponed():
                metadata[names.ERROR_CAUSE] = [outcome.cause]
                metadata[names.POSTPONED_UNTIL] = [str(outcome.until)]
                return Status.FETCH_ERROR
            case Refused():
                metadata[names.ERROR_CAUSE] = [outcome.cause]
                return Status.ERROR
            case Overflow() | GivenBack() | Superseded():
                raise AssertionError("what was not tried has no status")

    def _emit_aside(self, item: FetchItem, response: Response) -> None:
        """Called in the engine's thread, before the item that has asked is delivered."""
        anchors = [] if item.context is None else [item.context]  # a robots.txt is nobody's: many may wait for it
        metadata = after_response(item, response, self._prefix)
        self.emit([item.url, response.content, metadata], stream="aside", anchors=anchors)

    def _emit_sitemaps(self, item: FetchItem) -> None:
        wanted = (first(item.metadata, "sitemap.discovery") or str(self._sitemap_discovery)).lower()
        if wanted != "true":
            return
        # The permission to reach private addresses is for what stands on private hosts.
        source = {key: v for key, v in item.metadata.items() if item.private or key != names.PRIVATE_ALLOWED}
        host = host_of(item.url)
        for sitemap in item.sitemaps:
            vouched = {} if host_of(sitemap) == host else {names.SITEMAP_HOSTS: [host]}
            self._emit_discovered(item, sitemap, source, {names.IS_SITEMAP: ["true"]} | vouched)

    def _emit_discovered(self, item: FetchItem, target: str, metadata: Metadata, more: Metadata) -> None:
        kept = self._filters.filter(item.url, metadata, target)
        if kept is not None:
            self._emit_status(item, kept, self._transfer.outlink(kept, item.url, metadata) | more, Status.DISCOVERED)

    def _emit_status(self, item: FetchItem, url: str, metadata: Metadata, status: Status) -> None:
        self.emit([url, metadata, status.value], stream="status", anchors=[item.context])

    def _host_changed(self, item: FetchItem, state: HostState) -> None:
        """Tell the frontier, once; anchored to the tuple that showed it, which is not acked yet."""
        key = self._store_keys.of(item.url) or state.key
        kind = (key, state.reason == PAUSE)
        told = self._told.get(kind, 0.0)
        # The end of a Crawl-delay is computed anew for each URL.
        if state.until and abs(state.until - told) < _SAME:
            return
        if len(self._told) > MAX_HOSTS:
            self._told.clear()  # to tell twice does no harm
        self._told[kind] = state.until
        values: Sequence[Any] = [key, state.until, state.reason, state.failures]
        self.emit(values, stream="host", anchors=[item.context])


def _moved(url: str, target: str, metadata: Metadata) -> Metadata:
    """What a sitemap or a feed is where it has moved to, too; the host that sends us there vouches for a sitemap."""
    moved = {key: metadata[key] for key in (names.IS_SITEMAP, names.IS_FEED) if key in metadata}
    if names.IS_SITEMAP in moved:
        hosts = [*metadata.get(names.SITEMAP_HOSTS, ()), host_of(url)]
        if others := [host for host in dict.fromkeys(hosts) if host != host_of(target)]:
            moved[names.SITEMAP_HOSTS] = others
    return moved
