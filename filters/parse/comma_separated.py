"""CommaSeparatedToMultivaluedMetadata: lists in one text into values."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from spindrift.filtering import FilterParams
from spindrift.parse.page import Page


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class CommaSeparatedToMultivaluedMetadata:
    """Splits metadata at commas: `crawler, storm` becomes two values, blanks around them and empty ones left out.

    Every value of a key is split. StormCrawler splits the first and drops the others.
    """

    class Params(FilterParams):
        """Parameters of CommaSeparatedToMultivaluedMetadata."""

        keys: Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=list[str] | str)] = Field(
            default_factory=list
        )
        """Keys of the metadata to split: one, or a list."""

    def __init__(self, params: Params) -> None:
        self._keys = params.keys

    def filter(self, page: Page) -> None:
        """Split the keys that are there; one that is left without a value is removed."""
        for key in self._keys:
            values = page.metadata.get(key)
            if values is None:
                continue
            parts = [part for value in values for text in value.split(",") if (part := text.strip())]
            if parts:
                page.metadata[key] = parts
            else:
                del page.metadata[key]
