"""Asks everything that decides about a URL, in the order in which a crawl comes to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.explain.network import Probed, probe
from spindrift.explain.robots_line import deciding_line
from spindrift.explain.steps import Explanation, Step, Verdict
from spindrift.filtering import URLFilters
from spindrift.filtering.refusals import refusing_rule
from spindrift.frontier.records import HostRecord, UrlRecord
from spindrift.metadata import Metadata, is_true
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.politeness.limits import CrawlDelayTooLongError, QueueLimits
from spindrift.robots.agent import robots_agents
from spindrift.status import Status
from spindrift.urls import normalize
from spindrift.urls.credentials import hidden_credentials, without_credentials
from spindrift.urls.partition import Partitioner, UnknownHostError
from spindrift.urls.schemes import SUPPORTED, why_unusable


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows: the record of a URL and the hold of its host, None where there is none.

    `source`: the metadata of the page that links to the URL; those of a page that the store does not know are empty.
    `source_fetched`: the store has that page as FETCHED.
    """

    record: UrlRecord | None = None
    host: HostRecord | None = None
    source: Metadata = field(default_factory=dict)
    source_fetched: bool = False


class Explainer:
    """Explains URLs for one configuration. Raises ConfigurationError where that does not fit."""

    def __init__(self, settings: Settings, now: float, *, offline: bool = False) -> None:
        self._settings = settings
        self._now = now
        self._offline = offline
        self.filters = URLFilters.from_settings(settings)
        self._strict = settings.flag("robots.noFollow.strict")
        self._filter_file = settings.text("urlfilters.config.file")
        self._limits = QueueLimits.from_settings(settings)
        self._transfer = MetadataTransfer.from_settings(settings)
        self._partitioner = Partitioner.from_settings(settings)

    def filtered(self, url: str, source: str | None, source_metadata: Metadata) -> str:
        """The URL as the store would know it; as it is where it is refused."""
        normalized = normalize(without_credentials(url))
        if normalized is None:
            return url
        return self.filters.filter(source, _of_page(source, source_metadata), normalized) or normalized

    def explain(self, asked: str, source: str | None, known: Known) -> Explanation:
        """All steps; `source` is the page that links to the URL, None for a seed. Passwords in URLs are not told."""
        source = source and without_credentials(source)
        bare = without_credentials(asked)
        normalized = normalize(bare)
        if normalized is None or not normalized.startswith(SUPPORTED):
            step = Step("url", Verdict.STOPS, f"it {why_unusable(asked)}")
            asked = hidden_credentials(asked)
            return Explanation(asked, asked, (step,))
        url = self.filtered(bare, source, known.source)
        about = "it is a URL" if normalized == bare else f"it is normalized to {normalized}"
        if bare != asked:
            about += ", without user name and password (they belong into http.basicauth.user.HOST and .password.HOST)"
        steps = [
            Step("url", Verdict.PASSES, about),
            *self._link(source, known),
            self._filter(normalized, source, known.source),
            *self._network(url, source, known),
            self._host(known.host),
            self._schedule(known.record),
        ]
        return Explanation(bare, url, tuple(steps))

    def _link(self, source: str | None, known: Known) -> Iterator[Step]:
        """Whether its page has made it known, where one is named, and no other has done so."""
        if source is None or known.record is not None:
            return
        if self._strict and is_true(known.source, keys.NO_FOLLOW):
            why = f"{source} says nofollow of all its links (robots.noFollow.strict)"
            yield Step("link", Verdict.STOPS, why)
        elif known.source_fetched:
            why = f"{source} was fetched and has not made it known: nofollow, a filter, or no link of it"
            yield Step("link", Verdict.UNKNOWN, f"{why}; spindrift parse {source} shows which")
        else:
            why = f"{source} has not been fetched; a link that it marks nofollow is not followed"
            yield Step("link", Verdict.UNKNOWN, f"{why} (spindrift parse {source} shows it)")

    def _filter(self, url: str, source: str | None, source_metadata: Metadata) -> Step:
        metadata = _of_page(source, source_metadata)
        verdict = self.filters.verdict(source, metadata, url)
        how = f"as a link of {source}" if source else "as a seed"
        where = self._filter_file or "no filter file"
        if verdict.url is None:
            rule = refusing_rule(self.filters, source, metadata, url)
            why = f"{verdict.by} of {where} refuses it {how}" + (f": {rule}" if rule else "")
            details = {"by": verdict.by, "rule": rule or None, "file": where}
            return Step("filters", Verdict.STOPS, why, details=details)
        rewritten = "" if verdict.url == url else f", rewritten to {verdict.url}"
        count = len(self.filters.names)
        why = f"{count} filters of {where} let it pass {how}{rewritten}"
        return Step("filters", Verdict.PASSES, why, details={"filters": list(self.filters.names), "file": where})

    def _network(self, url: str, source: str | None, known: Known) -> Iterator[Step]:
        if not url.startswith(("http://", "https://")):
            return
        if self._offline:
            yield Step("robots", Verdict.UNKNOWN, "robots.txt was not asked for (--offline)")
            return
        if known.record is not None:
            metadata = known.record.metadata
        elif source is None:
            metadata = {keys.PRIVATE_ALLOWED: ["true"]}  # as a seed
        else:
            metadata = self._transfer.outlink(url, source, known.source)
        try:
            key = self._partitioner.key(url, metadata)
        except UnknownHostError as error:
            yield Step("address", Verdict.WAITS, f"{error}; it is tried again later")
            return
        probed = probe(url, metadata, self._settings)
        yield self._address(probed)
        if not probed.failure and (not probed.private or probed.private_allowed):
            yield self._robots(url, probed, key)

    def _address(self, probed: Probed) -> Step:
        if probed.failure:
            return Step("address", Verdict.WAITS, f"{probed.failure}; it is tried again later")
        if probed.private and not probed.private_allowed:
            why = "its host is a private address, which only seeds and their links may lead to"
            return Step("address", Verdict.STOPS, f"{why} (fetch.private.allowed)")
        return Step("address", Verdict.PASSES, "its host is private, as seeds may be" if probed.private else "public")

    def _robots(self, url: str, probed: Probed, key: str) -> Step:
        outcome = probed.outcome
        if outcome is None:
            return Step("robots", Verdict.PASSES, "robots.txt is ignored (http.robots.file.skip)")
        if outcome.rules is None:
            return Step(
                "robots", Verdict.WAITS, f"{outcome.cause}: until it can be read, nothing of the host is fetched"
            )
        agents = robots_agents(self._settings)
        line = deciding_line(probed.body, agents, url)
        where = f"line {line.number} of {probed.robots_url}: {line.text}" if line else ""
        details = {
            "url": probed.robots_url,
            "line": line.number if line else None,
            "rule": line.text if line else None,
            "agents": agents,
            "crawl_delay": outcome.rules.crawl_delay,
        }
        if not outcome.rules.allowed(url):
            refused = (
                where or (outcome.cause and "robots.txt is forbidden (403), and so is all else") or "too many wildcards"
            )
            return Step("robots", Verdict.STOPS, refused, details=details)
        try:
            delay = self._limits.crawl_delay(outcome.rules.crawl_delay, key)
        except CrawlDelayTooLongError as error:
            why = f"{error} (fetcher.max.crawl.delay)"
            return Step("robots", Verdict.STOPS, why, details=details)
        pause = f"; one request every {delay:g} s" if delay is not None else ""
        return Step("robots", Verdict.PASSES, (where or "no rule speaks of it") + pause, details=details)

    def _host(self, host: HostRecord | None) -> Step:
        if host is None or host.held_until is None or host.held_until <= self._now:
            return Step("host", Verdict.PASSES, "its host is not held")
        why = f"{host.key} is left alone: {host.reason} ({host.failures} failures in a row)"
        return Step("host", Verdict.WAITS, why, host.held_until)

    def _schedule(self, record: UrlRecord | None) -> Step:
        if record is None:
            return Step("schedule", Verdict.PASSES, "it is not in the store: as a seed or a new link it is due at once")
        cause = (record.metadata.get(keys.ERROR_CAUSE) or [""])[0]
        state = f"it is {record.status.value if isinstance(record.status, Status) else record.status}"
        state += f" ({cause})" if cause else ""
        details = {"status": str(record.status), "metadata": record.metadata}
        if record.next_fetch is None:
            return Step("schedule", Verdict.STOPS, f"{state}, and never due again", details=details)
        if record.next_fetch > self._now:
            return Step("schedule", Verdict.WAITS, f"{state}, and not due yet", record.next_fetch, details)
        return Step("schedule", Verdict.PASSES, f"{state}, and due", details=details)


def _of_page(source: str | None, metadata: Metadata) -> Metadata:
    """What URL filters are told of the page that a URL is found on."""
    return metadata if source else {keys.DEPTH: ["0"]}
