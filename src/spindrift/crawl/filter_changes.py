"""What another file of URL filters would make of a crawl, told from its archive."""

from collections import deque
from collections.abc import Callable, Container, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from spindrift import metadata_keys as names
from spindrift.conf import Settings
from spindrift.errors import ArchiveError
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Page as Answered
from spindrift.fetching.outcomes import Redirect, outcome_of
from spindrift.fetching.record import after_response, without_last_fetch
from spindrift.filtering import URLFilters
from spindrift.metadata import Metadata, copy, first
from spindrift.parse.filters import ParseFilterError, ParseFilters
from spindrift.parse.parser import PageParser
from spindrift.warc.answers import response_of, was_conditional
from spindrift.warc.archive import Archive, Visit

UNREACHED: Final = "only pages that are dropped lead to it"
REWRITTEN: Final = "rewritten"


@dataclass(frozen=True, slots=True)
class FilterChange:
    """One URL that would be kept or dropped differently."""

    url: str
    kept: bool
    """Whether it would be kept now; it is the other way round in the archived crawl."""
    by: str
    """The filter that refuses it (the one that did, where it would be kept), UNREACHED, or REWRITTEN."""
    source: str
    """A page, or redirect, that leads to it; empty for a seed."""
    archived: bool
    """Whether the archive has it. What lies behind URLs that it has not, nobody can tell."""


@dataclass(slots=True)
class FilterChanges:
    """All differences, and how much was looked at."""

    changes: list[FilterChange] = field(default_factory=list)
    pages: int = 0
    """Visits whose links were read."""
    links: int = 0
    urls: int = 0
    """URLs that the archived crawl has kept."""
    unreadable: list[str] = field(default_factory=list)
    """What of the archive could not be read."""
    damaged: int = 0
    """Files of the archive of which something could not be read."""

    @property
    def dropped(self) -> int:
        """URLs that would not be kept any more."""
        return sum(not change.kept for change in self.changes)

    @property
    def added(self) -> int:
        """URLs that would be kept, and were not."""
        return sum(change.kept for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        summary = {"dropped": self.dropped, "added": self.added, "urls": self.urls}
        more = {"pages": self.pages, "links": self.links, "unreadable": self.unreadable, "damaged": self.damaged}
        return {**summary, **more, "changes": [asdict(change) for change in self.changes]}


class FilterComparison:
    """Follows the links of an archive's pages twice: as the configured filters decide, and as `changed` do.

    What the archive holds counts as kept by the configured filters. Seeds (depth 0), and pages that no kept link leads
    to (a sitemap has named them), are beginnings for both.
    """

    def __init__(self, archive: Archive, settings: Settings, changed: URLFilters) -> None:
        self._archive = archive
        self._now = URLFilters.from_settings(settings)
        self._then = changed
        self._parser = PageParser.from_settings(settings)
        self._parse_filters = ParseFilters.from_settings(settings)
        self._prefix = settings.text("protocol.md.prefix")
        self._limit = settings.limit("http.content.limit")
        self._damaged: set[Path] = set()

    def run(self, progress: Callable[[int], object] = lambda pages: None) -> FilterChanges:
        """Read every page once. `progress` is told how many."""
        result = FilterChanges(unreadable=self._archive.troubles)
        visits = {visit.url: visit for visit in self._archive.pages()}
        kept: dict[str, str] = {}  # by the filters that are configured: URL and the page that led to it
        refused: dict[str, str] = {}
        edges: dict[str, list[str]] = {}
        followed: dict[str, str] = {}  # by the changed ones, whoever leads there
        lost: dict[str, str] = {}
        for visit in self._archive.pages():
            result.pages += 1
            progress(result.pages)
            for metadata, link in self._links(visit, result):
                result.links += 1
                old = self._now.verdict(visit.url, metadata, link)
                new = self._then.verdict(visit.url, metadata, link)
                if old.url is None:
                    refused.setdefault(link, old.by or "")
                elif old.url != visit.url:
                    kept.setdefault(old.url, visit.url)
                    if new.url != old.url:
                        lost.setdefault(old.url, REWRITTEN if new.url else new.by or "")
                if new.url is not None and new.url != visit.url:
                    edges.setdefault(visit.url, []).append(new.url)
                    followed.setdefault(new.url, visit.url)
                    if new.url != link and link in refused:
                        refused.setdefault(new.url, refused[link])
        beginnings = []
        for url in self._beginnings(kept):
            kept[url] = ""
            verdict = self._then.verdict(None, copy(visits[url].fields), url)
            if verdict.url is None:
                lost[url] = verdict.by or ""
            else:
                beginnings.append(url)
        reached = _reached(beginnings, edges)
        result.urls = len(kept)
        result.damaged = self._archive.damaged(self._damaged)
        for url in sorted(kept.keys() - reached):
            by = lost.get(url, UNREACHED) if url not in followed else UNREACHED
            result.changes.append(FilterChange(url, False, by, kept[url], url in visits))
        for url in sorted(reached - kept.keys()):
            result.changes.append(FilterChange(url, True, refused.get(url, REWRITTEN), followed[url], False))
        return result

    def _beginnings(self, linked: Container[str]) -> list[str]:
        """The URLs of the archive that no page has led to; the first one where there would be none."""
        pages = self._archive.pages()
        found = [visit.url for visit in pages if visit.url not in linked or first(visit.fields, names.DEPTH) == "0"]
        return list(dict.fromkeys(found or [visit.url for visit in pages[:1]]))

    def _links(self, visit: Visit, result: FilterChanges) -> Iterator[tuple[Metadata, str]]:
        """What a visit leads to, before any filter, with the metadata that filters see."""
        if visit.answer is None:
            return
        try:
            response = response_of(self._archive, visit, self._limit)
        except ArchiveError as error:
            result.unreadable.append(str(error))
            self._damaged.add(visit.file)
            return
        item = FetchItem(visit.url, "", without_last_fetch(visit.fields))
        metadata = after_response(item, response, self._prefix)
        outcome = outcome_of(response, conditional=was_conditional(response))
        if isinstance(outcome, Redirect):
            yield metadata, outcome.target
        if not isinstance(outcome, Answered):
            return
        try:
            page = self._parser.parse(visit.url, response.content, metadata)
            if page.redirect is None:
                self._parse_filters.filter(page)
        except ParseFilterError:
            return
        if page.redirect is not None:
            yield page.metadata, page.redirect
        elif page.follow:
            for link in page.links:
                yield page.metadata, link.url


def _reached(beginnings: list[str], edges: dict[str, list[str]]) -> set[str]:
    reached = set(beginnings)
    waiting = deque(beginnings)
    while waiting:
        for target in edges.get(waiting.popleft(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
