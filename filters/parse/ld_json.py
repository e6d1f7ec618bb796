"""LDJsonParseFilter: values of a page's JSON-LD into its metadata."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from spindrift.parse.json_pointer import JsonPointer
from spindrift.parse.linked_data import read_linked_data
from spindrift.parse.page import Page

MAX_VALUES = 1000
"""Values of a key that are kept."""


def _parse(value: object) -> JsonPointer:
    if not isinstance(value, str):
        raise ValueError(f'got {value!r}, expected a JSON pointer such as "/author/name"')
    return JsonPointer(value)


Pointer = Annotated[JsonPointer, PlainValidator(_parse, json_schema_input_type=str)]


class LDJsonParseFilter:
    """Reads values out of JSON-LD (https://json-ld.org) by JSON pointers: `{"author": "/author/name"}`.

    All scripts of type application/ld+json are read, and each node of an `@graph` as if it stood alone; every value
    that a pointer finds counts, once. They replace what the key held. Pointers pass through lists: `/author/name` also
    finds the names of several authors. Comments around the JSON, commas too many and control characters are put up
    with; what still cannot be read is left out.
    """

    class Params(RootModel[dict[str, Pointer]]):
        """Key of the metadata to a JSON pointer."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

    def __init__(self, params: Params) -> None:
        self._pointers = params.root

    def filter(self, page: Page) -> None:
        """Set the keys for which something is found."""
        if page.tree is None:
            return
        documents = read_linked_data(page.tree)
        if not documents:
            return
        for key, pointer in self._pointers.items():
            texts = [text for document in documents for value in pointer.values(document) for text in _texts(value)]
            if texts:
                page.metadata[key] = list(dict.fromkeys(texts))[:MAX_VALUES]


def _texts(value: object) -> list[str]:
    """A value as metadata: texts, numbers and truths; those of a list; of an object, its `@value`."""
    values = value if isinstance(value, list) else [value]
    values = [each.get("@value") if isinstance(each, dict) else each for each in values]
    texts = [str(each).lower() if isinstance(each, bool) else each for each in values]
    return [stripped for text in texts if isinstance(text, str) and (stripped := text.strip())]
