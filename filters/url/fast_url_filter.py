"""FastURLFilter: patterns by host, domain and metadata; the first that matches decides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator, ValidationInfo

from spindrift.errors import ConfigurationError
from spindrift.filtering import FilterParams, ParamsMistakeError, resources_of, settings_of
from spindrift.filtering.fast_rules import EXPECTED, FastRules, read_rules
from spindrift.filtering.json_files import read_json
from spindrift.filtering.mistakes import Mistakes, Step, pointer
from spindrift.metadata import Metadata


class ScopedPatterns(FilterParams):
    """The patterns of a scope."""

    scope: str
    """GLOBAL, host:www.example.org, domain:example.org or metadata:key=value."""
    patterns: list[str]
    """DenyPath, DenyPathQuery, AllowPath or AllowPathQuery, a space, and a regular expression."""


def _parse(document: object) -> FastRules | None:
    if document is None:
        return None
    messages: list[str] = []

    def note(where: Sequence[Step], message: str) -> None:
        messages.append(f"{pointer(where)}: {message}" if where else message)

    rules = read_rules(document, note)
    if messages:
        raise ParamsMistakeError(messages)
    return rules


def _read(name: object, info: ValidationInfo) -> FastRules:
    if info.data.get("rules", ...) is not None:
        return FastRules()  # inline rules, right or wrong: they stand instead of a file
    name = settings_of(info.context).text("fast.urlfilter.file") if name is None else name
    if not isinstance(name, str):
        raise ValueError(f"got {name!r}, expected the name of a file")
    try:
        return _read_file(resources_of(info.context).find(name))
    except ConfigurationError as error:
        raise ParamsMistakeError(error.problems) from None


def _read_file(path: Path) -> FastRules:
    mistakes = Mistakes(path)
    rules = read_rules(read_json(path, mistakes, EXPECTED), mistakes.add)
    mistakes.raise_if_any()
    return rules


class FastURLFilter:
    """Accepts or refuses URLs by patterns in their path that stand under the scope of a host, a domain, or metadata.

        {"rules": [{"scope": "domain:example.org", "patterns": ["AllowPath ^/news/", "DenyPath .+"]},
                   {"scope": "metadata:section=archive", "patterns": ["DenyPath .+"]},
                   {"scope": "GLOBAL", "patterns": ["DenyPathQuery \\\\.jpg"]}]}

    Scopes are tried in this order: `host:`, `domain:` (the longest name first), `metadata:` (of the page that the URL
    was found on), `GLOBAL`. The first pattern that is found decides, be it Allow or Deny, whatever scopes come after
    it; a URL that none is found in is accepted. ...Path sees the path, ...PathQuery the path with the query.
    """

    class Params(FilterParams):
        """Parameters of FastURLFilter."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

        rules: Annotated[
            FastRules | None, PlainValidator(_parse, json_schema_input_type=list[ScopedPatterns] | None)
        ] = None
        """The rules, instead of a file."""
        file: Annotated[FastRules, PlainValidator(_read, json_schema_input_type=str | None)] = Field(
            default=None, validate_default=True
        )
        """JSON file of the rules; by default the one that the key fast.urlfilter.file names."""

    def __init__(self, params: Params) -> None:
        self._rules = params.file if params.rules is None else params.rules
        self.depends_on_source = bool(self._rules.metadata)

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where the first pattern that is found says so."""
        return url if self._rules.accepts(url, source_metadata) else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which pattern of which scope."""
        pattern = self._rules.deciding(url, source_metadata)
        return "it is no URL with a path" if pattern is None else f"{pattern.scope}: {pattern.line}"
