"""The rules of FastURLFilter: patterns by host, by domain, by metadata of the page, and for all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spindrift.filtering.mistakes import Step, shown
from spindrift.filtering.nearest import did_you_mean
from spindrift.metadata import Metadata
from spindrift.regexes import FirstMatch, compile_regex
from spindrift.urls.domains import host_and_parents
from spindrift.urls.hosts import host_of
from spindrift.urls.parsing import parse

_TYPES = {
    "denypath": (False, False),
    "denypathquery": (False, True),
    "allowpath": (True, False),
    "allowpathquery": (True, True),
}
"""Type of a pattern, in lower case: does it accept, and does it see the query?"""
_TYPE_NAMES = ("DenyPath", "DenyPathQuery", "AllowPath", "AllowPathQuery")
_SCOPES = "GLOBAL, host:www.example.org, domain:example.org or metadata:key=value"
EXPECTED = 'expected {"rules": [{"scope": "GLOBAL", "patterns": ["DenyPathQuery \\\\.jpg"]}]}'

# What a URL consists of; a user name cannot be part of the host, nor a backslash of a path.
_parts = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\\]*(/[^?#\\]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL).fullmatch

Note = Callable[[Sequence[Step], str], None]
"""Takes down a mistake: where in the JSON it is, and what is right."""


class Pattern(NamedTuple):
    """One line of a scope's patterns."""

    accepts: bool
    sees_query: bool
    regex: str
    line: str
    """As it is written."""
    scope: str = ""
    """As it is written."""


class PatternList:
    """The patterns of a scope, in order: the first that is found decides."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = list(patterns)
        self._searches = []
        for sees_query in (False, True):
            indexes = [index for index, pattern in enumerate(patterns) if pattern.sees_query == sees_query]
            if indexes:
                search = FirstMatch([patterns[index].regex for index in indexes]).search
                self._searches.append((sees_query, indexes, search))

    def decide(self, path: str, path_and_query: str) -> Pattern | None:
        """The pattern that says whether the URL is accepted; None where none is found in it."""
        first: int | None = None
        for sees_query, indexes, search in self._searches:
            found = search(path_and_query if sees_query else path)
            if found is not None and (first is None or indexes[found] < first):
                first = indexes[found]
        return None if first is None else self._patterns[first]


@dataclass(slots=True)
class FastRules:
    """Scopes and their patterns. Of the scopes that a URL is in, the first with a pattern that is found decides.

    In this order: its host; its domains, the longest first; each metadata scope, in the order of the file; all. What no
    pattern is found in is accepted.
    """

    hosts: dict[str, PatternList] = field(default_factory=dict)
    domains: dict[str, PatternList] = field(default_factory=dict)
    metadata: list[tuple[str, str, PatternList]] = field(default_factory=list)
    """Key, value in lower case, patterns."""
    everywhere: PatternList | None = None

    def accepts(self, url: str, source_metadata: Metadata) -> bool:
        """Whether a URL passes; not, where it is none."""
        split = _split(url)
        if split is None:
            return False
        decided = self._first(url, split, source_metadata)
        return decided is None or decided.accepts

    def deciding(self, url: str, source_metadata: Metadata) -> Pattern | None:
        """The pattern that decides about a URL; None where none is found in it, or it is none."""
        split = _split(url)
        return None if split is None else self._first(url, split, source_metadata)

    def _first(self, url: str, split: tuple[str, str], source_metadata: Metadata) -> Pattern | None:
        host = host_of(url) if self.hosts or self.domains else ""
        if (patterns := self.hosts.get(host)) and (said := patterns.decide(*split)) is not None:
            return said
        if self.domains:
            for name in host_and_parents(host):
                if (patterns := self.domains.get(name)) and (said := patterns.decide(*split)) is not None:
                    return said
        for key, value, patterns in self.metadata:
            if value in map(str.lower, source_metadata.get(key, ())) and (said := patterns.decide(*split)) is not None:
                return said
        return self.everywhere.decide(*split) if self.everywhere else None


def _split(url: str) -> tuple[str, str] | None:
    """The path of a URL, and the path with the query."""
    if match := _parts(url):
        path, query = match.groups()
    elif parts := parse(url):
        path, query = parts.path, parts.query or None
    else:
        return None
    return path, path if query is None else f"{path}?{query}"


def read_rules(document: object, note: Note) -> FastRules:
    """The rules of a file, or of the parameter `rules`; mistakes are noted."""
    where: list[Step] = []
    if isinstance(document, dict) and len(document) == 1 and "scope" not in document:
        # As StormCrawler: whatever the list is called.
        ((name, document),) = document.items()
        where = [str(name)]
    if not isinstance(document, list):
        note(where, f"got {shown(document)}, {EXPECTED}")
        return FastRules()
    rules = FastRules()
    for index, entry in enumerate(document):
        _read_entry(entry, [*where, index], rules, note)
    return rules


def _read_entry(entry: object, where: list[Step], rules: FastRules, note: Note) -> None:
    if not isinstance(entry, dict):
        note(where, f'got {shown(entry)}, expected an object {{"scope": …, "patterns": […]}}')
        return
    for key in entry:
        if key not in ("scope", "patterns"):
            hint = did_you_mean(str(key), ("scope", "patterns")) or ";"
            note([*where, key], f'a rule has no "{key}"{hint} it has scope and patterns')
    patterns = _read_patterns(entry, where, note)
    scope = entry.get("scope")
    if not isinstance(scope, str):
        given = f"got {shown(scope)}" if "scope" in entry else f'"scope" is missing in {shown(entry)}'
        note([*where, "scope"] if "scope" in entry else where, f"{given}, expected {_SCOPES}")
        return
    try:
        _add(scope.strip(), PatternList([pattern._replace(scope=scope.strip()) for pattern in patterns]), rules)
    except ValueError as error:
        note([*where, "scope"], str(error))


def _add(scope: str, patterns: PatternList, rules: FastRules) -> None:
    """Raises ValueError that says what is wrong with the scope."""
    kind, colon, value = scope.partition(":")
    if scope == "GLOBAL":
        if rules.everywhere is not None:
            raise ValueError("the scope GLOBAL stands more than once; put its patterns into one list")
        rules.everywhere = patterns
    elif kind in ("host", "domain") and colon:
        host = host_of(f"http://{value}/") if value and not re.search(r"[/?#@*\\\s]", value) else ""
        if not host:
            raise ValueError(f'"{value}" in "{scope}" is no host; expected {_SCOPES}')
        names = rules.hosts if kind == "host" else rules.domains
        if host in names:
            raise ValueError(f"the scope {scope} stands more than once; put its patterns into one list")
        names[host] = patterns
    elif kind == "metadata" and colon:
        key, equals, wanted = value.partition("=")
        if not key or not equals:
            raise ValueError(f'"{scope}" is no scope: a metadata scope is metadata:key=value')
        rules.metadata.append((key, wanted.lower(), patterns))
    else:
        hint = did_you_mean(kind, ("GLOBAL", "host", "domain", "metadata")) or ";"
        raise ValueError(f'"{scope}" is no scope{hint} expected {_SCOPES}')


def _read_patterns(entry: dict[str, object], where: list[Step], note: Note) -> list[Pattern]:
    lines = entry.get("patterns")
    if not isinstance(lines, list):
        given = f"got {shown(lines)}" if "patterns" in entry else f'"patterns" is missing in {shown(entry)}'
        place = [*where, "patterns"] if "patterns" in entry else where
        note(place, f'{given}, expected a list such as ["AllowPath ^/news/", "DenyPath .+"]')
        return []
    patterns = []
    for index, line in enumerate(lines):
        try:
            patterns.append(_read_pattern(line))
        except ValueError as error:
            note([*where, "patterns", index], str(error))
    return patterns


def _read_pattern(line: object) -> Pattern:
    if not isinstance(line, str):
        raise ValueError(f'got {shown(line)}, expected a text such as "DenyPath .+"')
    kind, _, regex = line.partition(" ")
    if kind.lower() not in _TYPES:
        hint = did_you_mean(kind, _TYPE_NAMES) or ";"
        raise ValueError(f'"{line}" has to start with one of {", ".join(_TYPE_NAMES)} and a space{hint} got "{kind}"')
    if not regex.strip():
        raise ValueError(f'"{line}" has no pattern; right is for example "{kind} .+"')
    compile_regex(regex.strip())
    return Pattern(*_TYPES[kind.lower()], regex.strip(), line)
