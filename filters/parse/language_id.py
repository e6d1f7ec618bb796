"""LanguageID: the language of a page's text into its metadata."""

from typing import Annotated

from pydantic import Field

from spindrift.filtering import FilterParams
from spindrift.metadata import add_values, first
from spindrift.parse.language import language_probabilities
from spindrift.parse.page import Page


class LanguageID:
    """Puts the language into the metadata: the one that another filter has read from the page, else that of its text.

    Every language of the text whose probability reaches `minProb` is added. A declared one replaces what the key held,
    as its first two letters: `en-US` becomes `en`. The parser finds a language by itself, for `parse.language`
    (`detect.language`); this filter is for StormCrawler's key, and for a probability of one's own.
    """

    class Params(FilterParams):
        """Parameters of LanguageID."""

        key: str = "lang"
        """Key of the metadata."""
        min_prob: Annotated[float, Field(ge=0, le=1)] = 0.999
        """Least probability of a language that is found in the text."""
        extracted: str = "parse.lang"
        """Key of the metadata with the language that the page declares."""

    def __init__(self, params: Params) -> None:
        self._params = params

    def filter(self, page: Page) -> None:
        """Set the key, or add to it; a page whose language is not certain enough is left as it is."""
        params = self._params
        declared = (first(page.metadata, params.extracted) or "").strip()
        if len(declared) > 1:
            page.metadata[params.key] = [declared[:2].lower()]
            return
        found = language_probabilities(page.text)
        likely = [language for language, probability in found if probability >= params.min_prob]
        add_values(page.metadata, params.key, likely)
