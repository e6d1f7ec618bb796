"""Seeds: URLs, or files of them, with metadata."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, SpindriftError
from spindrift.filtering import URLFilters
from spindrift.frontier.seed_metadata import mistakes
from spindrift.metadata import Metadata, add_values, first, set_value
from spindrift.urls import host_of, normalize
from spindrift.urls.bodies import with_body
from spindrift.urls.credentials import hidden_credentials, without_credentials
from spindrift.urls.schemes import SUPPORTED, scheme_of, why_unusable

_MOST_SHOWN: Final = 200  # characters of a seed in a message: files that hold no URLs have endless lines


class SeedError(SpindriftError):
    """A seed that cannot be used; the message says where it stands and why."""


@dataclass(slots=True)
class Seed:
    """A URL as it was given, with its metadata and the place where it stands."""

    url: str
    metadata: Metadata = field(default_factory=dict)
    origin: str = ""
    """File and line; empty for the command line."""
    warning: str = ""
    """What was left out of it, where something was."""


def parse_line(line: str, origin: str = "") -> Seed | None:
    """A line `url<TAB>key=value<TAB>key=value`, as StormCrawler's FileSpout reads; None for blanks and `#` comments.

    A key may come more than once. Raises SeedError for a part without a key, and for values that cannot be understood
    of what says how the URL is asked for.
    """
    line = line.strip("\r\n")
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    url, *parts = line.split("\t")
    seed = Seed(url.strip(), origin=origin)
    for part in filter(None, map(str.strip, parts)):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise SeedError(_where(origin) + f"{_shown(part)!r} is not key=value")
        add_values(seed.metadata, key.strip(), [value])
    if wrong := list(mistakes(seed.metadata)):
        raise SeedError(_where(origin) + "; ".join(wrong))
    return seed


def check_sources(sources: Iterable[str]) -> None:
    """Raises ConfigurationError naming every source that is neither a URL nor files that can be read."""
    problems = []
    for source in sources:
        if _is_url(source):
            continue
        files = _files(source)
        if not files:
            problems.append(_no_source(source, "no files are there"))
        for file in files:
            try:
                file.open("rb").close()
            except OSError as error:
                problems.append(_no_source(str(file), error.strerror))
    if problems:
        raise ConfigurationError(problems)


def read_seeds(sources: Iterable[str]) -> Iterator[Seed | SeedError]:
    """The seeds of URLs, files, and folders and patterns of files, in order; for a line that cannot be used its error,
    so that all are told.

    Raises ConfigurationError for a source that is neither a URL nor a file that can be read.
    """
    for source in sources:
        if _is_url(source):
            yield Seed(source.strip())
        else:
            for file in _files(source):
                yield from _read_file(str(file))


def _files(source: str) -> list[Path]:
    """The file of that name; those of a folder, or of a pattern such as `seeds/*.txt`, in the order of their names."""
    path = Path(source)
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
    if any(sign in source for sign in "*?[") and not path.is_file():
        matches = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
        return sorted(each for each in matches if each.is_file())
    return [path]


def _is_url(source: str) -> bool:
    if "://" not in source and not scheme_of(source):
        return False
    try:
        return not Path(source).is_file()
    except (OSError, ValueError):  # too long for a path, or with NUL in it
        return True


def _read_file(source: str) -> Iterator[Seed | SeedError]:
    try:
        with Path(source).open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    seed = parse_line(line, f"{source}:{number}")
                except SeedError as error:
                    yield error
                    continue
                if seed is not None:
                    yield seed
    except OSError as error:
        raise ConfigurationError(_no_source(source, error.strerror)) from error


def _no_source(source: str, why: str | None) -> str:
    given = _shown(hidden_credentials(source))
    return f"seeds: {given!r} is neither a URL (with https://) nor a file that can be read: {why}"


class SeedPreparation:
    """Makes of a seed what a link to it would have become, so that both are one URL in the store."""

    def __init__(self, filters: URLFilters) -> None:
        self._filters = filters

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the URL filters of the crawl (`urlfilters.config.file`)."""
        return cls(URLFilters.from_settings(settings))

    def prepare(self, seed: Seed) -> Seed:
        """Normalised and filtered, with depth 0 and leave for private addresses: who names one, means it.

        With a body to send (`http.post.json`) it is a URL of its own (see `with_body`).
        User name and password are left out, with a warning. Raises SeedError saying what is wrong, or which filter
        refused the URL.
        """
        url = normalize(seed.url)
        if url is None or not url.startswith(SUPPORTED):
            given = _shown(hidden_credentials(seed.url))
            raise SeedError(_where(seed.origin) + f"{given!r} {why_unusable(seed.url)}")
        url, warning = _without_credentials(url, seed.origin)
        metadata = dict(seed.metadata)
        metadata.setdefault(keys.DEPTH, ["0"])
        set_value(metadata, keys.PRIVATE_ALLOWED, "true")
        # As a link on the page before it: the depth of filters is that of the page a URL stands on.
        verdict = self._filters.verdict(None, metadata | {keys.DEPTH: ["-1"]}, url)
        if verdict.url is None:
            raise SeedError(_where(seed.origin) + f"{_shown(url)} is refused by the URL filter {verdict.by}")
        # Only now, as filters take fragments away.
        body = first(metadata, keys.POST_JSON) or ""
        return Seed(with_body(verdict.url, body) if body.strip() else verdict.url, metadata, seed.origin, warning)

    def prepare_all(self, sources: Sequence[str]) -> Iterator[Seed | SeedError]:
        """The prepared seeds of URLs and files, and an error for each that cannot be used."""
        for seed in read_seeds(sources):
            if isinstance(seed, SeedError):
                yield seed
                continue
            try:
                yield self.prepare(seed)
            except SeedError as error:
                yield error


def _without_credentials(url: str, origin: str) -> tuple[str, str]:
    bare = without_credentials(url)
    if bare == url:
        return url, ""
    host = host_of(bare)
    return bare, (
        _where(origin) + f"{_shown(bare)}: user name and password are left out, as URLs are stored and shown; "
        f"give them by http.basicauth.user.{host} and http.basicauth.password.{host}"
    )


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _where(origin: str) -> str:
    return f"{origin}: " if origin else "seed "
