"""BasicURLFilter: refuses very long URLs, and paths that repeat themselves."""

from collections import Counter

from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata

_SHORTEST_CHECKED = 5  # `http:`, the empty element, the host and two path elements


class BasicURLFilter:
    """Refuses URLs that are too long, and those that a crawler trap makes: the same path element again and again."""

    class Params(FilterParams):
        """Parameters of BasicURLFilter."""

        max_path_repetition: int = 3
        """Refuse a URL in which a path element stands this often; 1 or less: never."""
        max_length: int = -1
        """Refuse a URL of more characters; 0 or less: no limit."""

    depends_on_source = False

    def __init__(self, params: Params) -> None:
        self._repetition = params.max_path_repetition
        self._length = params.max_length

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where it is too long or repeats itself."""
        if 0 < self._length < len(url):
            return None
        if self._repetition > 1:
            elements = url.split("/")
            # Fewer doubles than needed: the common case, told without counting.
            if len(elements) - len(set(elements)) >= self._repetition - 1 and self._repeats(url):
                return None
        return url

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which parameter."""
        if 0 < self._length < len(url):
            return f"maxLength: it has {len(url)} characters, at most {self._length} are let pass"
        element, times = Counter(part for part in url.split("/") if part).most_common(1)[0]
        return f'maxPathRepetition: "{element}" stands {times} times in it, {self._repetition} times are too many'

    def _repeats(self, url: str) -> bool:
        elements = url.rstrip("/").split("/")
        if len(elements) < _SHORTEST_CHECKED:
            return False
        return any(count >= self._repetition for element, count in Counter(elements).items() if element)
