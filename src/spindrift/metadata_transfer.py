"""Which metadata a page hands on to its links, and which is stored with it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Self

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.metadata import Metadata, first
from spindrift.urls.credentials import without_credentials

_ALWAYS_PERSISTED: Final = (
    keys.ERROR_COUNT,
    keys.GONE_COUNT,
    keys.POSTPONED_COUNT,
    keys.SITEMAP_HOSTS,
    *keys.REQUESTED,
    *keys.SAID_BY_SITEMAPS,
)
MAX_PATH: Final = 20
"""URLs of a `url.path`: endless links or redirects would have every URL carry all those before it."""


class MetadataTransfer:
    """StormCrawler's rules: `metadata.transfer` is handed on and stored, `metadata.persist` stored only.

    A `*` at the end of a name stands for any rest. With `metadata.track.path` the chain of pages (`url.path`; of one
    longer than MAX_PATH the seed and the last ones), with `metadata.track.depth` the number of links from the seed
    (`depth`) grows with each link, and `max.depth` is handed on. Whether a private address may be visited
    (`fetch.private.allowed`) is always handed on, and so is, from file to file, the seed (`file.seed`); the counts of
    errors, what a sitemap says of the schedule, how a URL is to be asked for, and what the scheduler keeps there,
    are always stored.
    """

    def __init__(self, transfer: list[str], persist: list[str], *, track_path: bool = True, track_depth: bool = True):
        self._track_path = track_path
        self._track_depth = track_depth
        handed_on = [keys.PRIVATE_ALLOWED, keys.FILE_SEED, *transfer]
        if track_path:
            handed_on.append(keys.PATH)
        if track_depth:
            handed_on += [keys.DEPTH, keys.MAX_DEPTH]
        self._handed_on = Names(handed_on)
        self._stored = Names([*handed_on, *_ALWAYS_PERSISTED, *persist])

    @classmethod
    def from_settings(cls, settings: Settings, persisted: Iterable[str] = ()) -> Self:
        """Reads `metadata.transfer`, `metadata.persist`, `metadata.track.path`, `metadata.track.depth`, and
        `urlfilters.scope.key`, which is handed on, too.

        `persisted` is stored beside what the configuration names.
        """
        scope = settings.text("urlfilters.scope.key")
        return cls(
            [*settings.texts("metadata.transfer"), *([scope] if scope else [])],
            [*settings.texts("metadata.persist"), *persisted],
            track_path=settings.flag("metadata.track.path"),
            track_depth=settings.flag("metadata.track.depth"),
        )

    def outlink(self, target_url: str, source_url: str, source_metadata: Mapping[str, list[str]]) -> Metadata:
        """The metadata of a link from a page, or of the target of its redirect: a new dict."""
        return self.for_source(source_url, source_metadata)(target_url)

    def for_source(self, source_url: str, source_metadata: Mapping[str, list[str]]) -> Callable[[str], Metadata]:
        """As `outlink` for all links of one page: what they have in common is found once."""
        shared = self._handed_on.pick(source_metadata)
        if self._track_path:
            path = [*shared.get(keys.PATH, ()), without_credentials(source_url)]
            shared[keys.PATH] = path if len(path) <= MAX_PATH else [path[0], *path[1 - MAX_PATH :]]
        if self._track_depth:
            shared[keys.DEPTH] = [str(_depth(shared) + 1)]
        seed = shared.pop(keys.FILE_SEED, [source_url]) if source_url.startswith("file:") else []
        pairs = list(shared.items())

        def outlink(target_url: str) -> Metadata:
            # Lists of their own: what becomes of one link's metadata must not change another's.
            metadata = {key: values.copy() for key, values in pairs}
            if target_url.startswith("file:"):
                if seed:
                    metadata[keys.FILE_SEED] = seed.copy()
                else:
                    metadata.pop(keys.PRIVATE_ALLOWED, None)  # without it no file is read
            return metadata

        return outlink

    def persistent(self, metadata: Mapping[str, list[str]]) -> Metadata:
        """What is stored of a page's metadata: a new dict."""
        return self._stored.pick(metadata)


def is_file_from_web(source_url: str, target_url: str) -> bool:
    """Whether a page that is no file leads to one of this machine, which none may."""
    return target_url.startswith("file:") and not source_url.startswith("file:")


class Names:
    """A set of metadata keys, some with a wildcard at the end."""

    def __init__(self, names: list[str]) -> None:
        self._exact = frozenset(name for name in names if not name.endswith("*"))
        self._prefixes = tuple(name.removesuffix("*") for name in names if name.endswith("*"))

    def pick(self, metadata: Mapping[str, list[str]]) -> Metadata:
        """Copies of the values whose key is one of the names."""
        exact, prefixes = self._exact, self._prefixes
        return {
            key: list(values)
            for key, values in metadata.items()
            if key in exact or (prefixes and key.startswith(prefixes))
        }


def _depth(metadata: Mapping[str, list[str]]) -> int:
    """0 where there is none, or something that is no number."""
    try:
        return int(first(metadata, keys.DEPTH, "0") or 0)
    except ValueError:
        return 0
