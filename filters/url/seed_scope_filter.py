"""SeedScopeFilter: each seed says how far its crawl may reach."""

from collections.abc import Callable
from functools import lru_cache

from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata
from spindrift.regexes import FirstMatch


class SeedScopeFilter:
    """Refuses links in which none of the regular expressions (RE2) is found that the metadata of their page holds.

    A seed brings them as `scope=^https://example\\.com/docs/`; its links inherit them where `metadata.transfer` names
    the key. A page without any has no limits; an expression that is none refuses every link.
    """

    class Params(FilterParams):
        """Parameters of SeedScopeFilter."""

        key: str = "scope"
        """Metadata that holds the expressions; one of several values has to match."""

    def __init__(self, params: Params) -> None:
        self._key = params.key

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where it is out of scope."""
        expressions = source_metadata.get(self._key)
        if not expressions:
            return url
        return url if _search(tuple(expressions))(url) is not None else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which expressions."""
        expressions = source_metadata.get(self._key, [])
        found = "is not found in it" if len(expressions) == 1 else "are not found in it"
        return f"{self._key}: {', '.join(expressions)} {found}"


@lru_cache(maxsize=1024)
def _search(expressions: tuple[str, ...]) -> Callable[[str], int | None]:
    return FirstMatch(expressions).search
