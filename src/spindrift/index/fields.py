"""What of a page is indexed, and under which names."""

import re
from dataclasses import dataclass
from typing import Final, Self

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, SpindriftError
from spindrift.index.documents import Document
from spindrift.metadata import Metadata, MetadataError, as_metadata, first, is_true, without_errors
from spindrift.parse.errors import INDEXING, with_error
from spindrift.urls import host_of, registered_domain, resolve
from spindrift.urls.credentials import without_credentials

_INDEX: Final = re.compile(r"(?P<key>.*?)\[(?P<index>\d+)\]")
_TITLE_FIELD: Final = "title"
_LANGUAGE_FIELDS: Final = ("language", "lang")


class NotIndexableError(SpindriftError):
    """A page cannot be made a document. `told`: its metadata, as far as they are right, for the status ERROR."""

    def __init__(self, url: str, metadata: Metadata, problem: object) -> None:
        super().__init__(f"{url} cannot be indexed: {problem}")
        self.told = with_error(without_errors(metadata), INDEXING, str(self))


@dataclass(frozen=True, slots=True)
class _Mapping:
    """One entry of `indexer.md.mapping`."""

    key: str
    field: str
    index: int | None = None
    glob: bool = False


class IndexFields:
    """Makes a document of a page as StormCrawler's AbstractIndexerBolt does.

    Reads the keys `indexer.*`. The title and the language of the document are the fields `title` and `language` (or
    `lang`) of the mapping.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError for a mapping or filter that cannot be read, all of them at once."""
        self.url_field = settings.text("indexer.url.fieldname")
        self.text_field = settings.text("indexer.text.fieldname")
        self._text_length = settings.limit("indexer.text.maxlength")
        self._canonical = settings.text("indexer.canonical.name").strip()
        self._ignore_empty = settings.flag("indexer.ignore.empty.fields")
        problems: list[str] = []
        self._mappings = [_mapping(entry, problems) for entry in settings.texts("indexer.md.mapping")]
        self._filter = _key_value(settings.text("indexer.md.filter"), problems)
        if problems:
            raise ConfigurationError(problems)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The same as the constructor, named as elsewhere."""
        return cls(settings)

    def readable(self, url: str, metadata: Metadata, text: str) -> Metadata:
        """`metadata`, with a text or a number by itself as one value: to be asked before the other methods.

        Raises NotIndexableError for what a component of anyone's own may have emitted: metadata that are no lists of
        texts, and a text that is none.
        """
        try:
            readable = as_metadata(metadata)
        except MetadataError as error:
            raise NotIndexableError(url, metadata, f"a component {error}") from None
        if not isinstance(text, str):
            raise NotIndexableError(url, metadata, f"its text is {text!r:.100}; expected a text")
        return readable

    def wanted(self, metadata: Metadata) -> bool:
        """Whether the page may be indexed: robots (`robots.noIndex`) and `indexer.md.filter` allow it."""
        if is_true(metadata, keys.NO_INDEX):
            return False
        if self._filter is None:
            return True
        key, value = self._filter
        return value in metadata.get(key, ())

    def document(self, url: str, metadata: Metadata, text: str, fetched: float) -> Document:
        """The document of a page; `fetched` in seconds since the epoch. Its URL is the canonical one where allowed."""
        fields = self.fields(metadata)
        status = first(metadata, keys.STATUS_CODE, "") or ""
        address = self.url(url, metadata)
        language = next((fields[name][0] for name in _LANGUAGE_FIELDS if fields.get(name)), "")
        return Document(
            url=address,
            host=host_of(address),
            title=(first(fields, _TITLE_FIELD) or "").strip(),
            text=self.text(text),
            fields=fields,
            status=int(status) if status.isascii() and status.isdigit() else None,
            fetched=fetched,
            language=language,
            source="" if address == url else url,
        )

    def url(self, url: str, metadata: Metadata) -> str:
        """The canonical URL, if there is one and it has the registered domain of `url`; otherwise `url`.

        Either without user name and password.
        """
        given = (first(metadata, self._canonical) or "").strip() if self._canonical else ""
        canonical = resolve(url, given) if given else None
        return without_credentials(canonical if canonical and _may_stand_for(canonical, url) else url)

    def text(self, text: str) -> str:
        """`text` as far as it is indexed: trimmed to `indexer.text.maxlength`; empty where it has no field."""
        if not self.text_field:
            return ""
        text = text.strip()
        return text if self._text_length is None else text[: self._text_length]

    def fields(self, metadata: Metadata) -> Metadata:
        """The metadata that `indexer.md.mapping` selects, under the names of their fields."""
        fields: Metadata = {}
        for mapping in self._mappings:
            if mapping.glob:
                for key in metadata:
                    if key.startswith(mapping.key):
                        self._add(fields, key, metadata[key])
                continue
            values = metadata.get(mapping.key, [])
            if mapping.index is not None:
                values = values[mapping.index : mapping.index + 1]
            self._add(fields, mapping.field, values)
        return fields

    def flat(self, document: Document) -> Metadata:
        """All fields of a document under the names they have in the index, URL and text among them."""
        flat: Metadata = {}
        if self.text_field:
            flat[self.text_field] = [document.text]
        if self.url_field:
            flat[self.url_field] = [document.url]
        return flat | document.fields

    def _add(self, fields: Metadata, name: str, values: list[str]) -> None:
        if self._ignore_empty:
            values = [value for value in values if value.strip()]
        if values:
            fields[name] = list(values)


def _may_stand_for(canonical: str, url: str) -> bool:
    own = registered_domain(host_of(url))
    return canonical.startswith(("http://", "https://")) and registered_domain(host_of(canonical)) == own


def _mapping(entry: str, problems: list[str]) -> _Mapping:
    key, equals, field = (part.strip() for part in entry.partition("="))
    index: int | None = None
    if match := _INDEX.fullmatch(key):
        key, index = match["key"], int(match["index"])
    glob = key.endswith("*")
    if glob and (equals or index is not None):
        problems.append(f"configuration key indexer.md.mapping: {entry!r}: a * takes neither =field nor [index]")
    elif not key or (equals and not field):
        problems.append(
            f"configuration key indexer.md.mapping: {entry!r} is not right; "
            "expected key, key=field, key[0]=field, or a pattern such as parse.*"
        )
    return _Mapping(key.removesuffix("*"), field or key, index, glob)


def _key_value(text: str, problems: list[str]) -> tuple[str, str] | None:
    if not text.strip():
        return None
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key:
        problems.append(f"configuration key indexer.md.filter: {text!r} is not right; expected key=value")
    return key, value
