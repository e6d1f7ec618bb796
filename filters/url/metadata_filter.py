"""MetadataFilter: no links of pages with certain metadata."""

from typing import Annotated

from pydantic import PlainValidator, RootModel

from spindrift.metadata import Metadata


def _parse(value: object) -> frozenset[str]:
    values: list[object] = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, str | int | float) for each in values):
        raise ValueError(f"got {value!r}, expected a value of the metadata, or a list of values")
    # StormCrawler reads true and 1 as "true" and "1".
    return frozenset(("true" if each else "false") if isinstance(each, bool) else str(each).lower() for each in values)


_Scalar = str | int | float | bool
Values = Annotated[frozenset[str], PlainValidator(_parse, json_schema_input_type=_Scalar | list[_Scalar])]
"""In lower case."""


class MetadataFilter:
    """Refuses the links of pages whose metadata has one of the values: `{"isSitemap": "true", "lang": ["de", "fr"]}`.

    Upper and lower case are alike in values. A URL without a source (a seed) passes.
    """

    class Params(RootModel[dict[str, Values]]):
        """Key of the metadata to a value, or to several."""

    def __init__(self, params: Params) -> None:
        self._unwanted = list(params.root.items())

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where the page that it was found on has such metadata."""
        for key, unwanted in self._unwanted:
            if key in source_metadata and not unwanted.isdisjoint(map(str.lower, source_metadata[key])):
                return None
        return url

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which key and value."""
        for key, unwanted in self._unwanted:
            for value in source_metadata.get(key, ()):
                if value.lower() in unwanted:
                    return f"{key} of its page is {value}"
        return ""
