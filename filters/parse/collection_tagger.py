"""CollectionTagger: names of collections, by the URL of a page."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainValidator, ValidationInfo

from spindrift.errors import ConfigurationError
from spindrift.filtering import FilterParams, ParamsMistakeError, resources_of
from spindrift.filtering.json_files import read_json
from spindrift.filtering.mistakes import Mistakes
from spindrift.filtering.params import validate_params
from spindrift.parse.page import Page
from spindrift.regexes import FullMatches, compile_regex
from spindrift.resource_files import ResourceFiles


def _checked(pattern: object) -> str:
    if not isinstance(pattern, str):
        raise ValueError(f'got {pattern!r}, expected a regular expression such as "https?://example\\\\.org/.*"')
    compile_regex(pattern)
    return pattern


Pattern = Annotated[str, PlainValidator(_checked, json_schema_input_type=str)]


class Collection(FilterParams):
    """A collection: the URLs that match one of the patterns to include as a whole, and none of those to exclude."""

    name: str
    include_patterns: list[Pattern]
    exclude_patterns: list[Pattern] | None = None


class Collections(FilterParams):
    """A file of collections."""

    collections: list[Collection]


def read_collections(name: object, info: ValidationInfo) -> list[Collection]:
    """The collections of a file. Raises ParamsMistakeError with all its mistakes."""
    if not isinstance(name, str):
        raise ValueError(f"got {name!r}, expected the name of a file")
    resources = resources_of(info.context)
    try:
        return _validated(resources.find(name), resources).collections
    except ConfigurationError as error:
        raise ParamsMistakeError(error.problems) from None


def _validated(path: Path, resources: ResourceFiles) -> Collections:
    mistakes = Mistakes(path)
    document = read_json(path, mistakes, 'expected {"collections": [{"name": …, "includePatterns": […]}]}')
    found = validate_params(Collections, document, (), "collections", mistakes, resources)
    mistakes.raise_if_any()
    assert isinstance(found, Collections)
    return found


class CollectionTagger:
    """Tags pages with the names of collections that their URL belongs to, for search within them.

    The file says which URLs these are, by regular expressions that match the whole of them:

        {"collections": [{"name": "crawlers", "includePatterns": [".+crawler.+"], "excludePatterns": [".+spider.+"]}]}

    A URL that is in none keeps what the key holds. A URL costs linear time, however many patterns there are.
    """

    class Params(FilterParams):
        """Parameters of CollectionTagger."""

        key: str = "collections"
        """Key of the metadata."""
        file: Annotated[list[Collection], PlainValidator(read_collections, json_schema_input_type=str)] = Field(
            default="collections.json", validate_default=True
        )
        """File of collections."""

    def __init__(self, params: Params) -> None:
        self._key = params.key
        patterns: list[str] = []
        self._collections = [
            (each.name, _numbered(each.include_patterns, patterns), _numbered(each.exclude_patterns or [], patterns))
            for each in params.file
        ]
        self._matches = FullMatches(patterns)

    def filter(self, page: Page) -> None:
        """Set the key to the names, in the order of the file."""
        matching = self._matches.matching(page.url)
        names = [
            name
            for name, include, exclude in self._collections
            if not include.isdisjoint(matching) and exclude.isdisjoint(matching)
        ]
        if names:
            page.metadata[self._key] = list(dict.fromkeys(names))


def _numbered(patterns: list[str], known: list[str]) -> frozenset[int]:
    """Appends `patterns` to those that are known; the indexes that they get."""
    start = len(known)
    known.extend(patterns)
    return frozenset(range(start, len(known)))
