"""Why a URL filter refuses a URL: which of its rules does."""

from typing import Protocol, runtime_checkable

from spindrift.errors import is_interrupt
from spindrift.filtering.at_work import noted
from spindrift.filtering.chain import URLFilters
from spindrift.metadata import Metadata
from spindrift.urls.credentials import without_credentials


@runtime_checkable
class TellsWhy(Protocol):
    """A URL filter that can say more of a refusal than its name."""

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """In words, the rule or parameter by which `filter`, asked the same, answers None."""


def refusing_rule(filters: URLFilters, source_url: str | None, source_metadata: Metadata, url: str) -> str:
    """In words, by which of its rules the first filter that refuses `url` does so.

    Empty where its filter has no method `why_refused`, and where none refuses it. Asks each filter once more.
    """
    url = without_credentials(url)
    for loaded in filters.loaded:
        instance, what = loaded.instance, f"URL filter {loaded.name}"
        try:
            passed = noted(what, instance.filter)(source_url, source_metadata, url)
            if passed is None:
                if not isinstance(instance, TellsWhy):
                    return ""
                rule: str = noted(what, instance.why_refused)(source_url, source_metadata, url)
                return rule
        except BaseException as error:  # a filter is anyone's code
            if is_interrupt(error):
                raise
            return f"it raised {type(error).__name__}: {error}"
        url = passed
    return ""
