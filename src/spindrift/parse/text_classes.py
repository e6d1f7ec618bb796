"""Which class extracts the text of pages: the key textextractor.class."""

import importlib
from typing import Protocol

from lxml import etree

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.parse.text import TextExtractor

KEY = "textextractor.class"
_OURS = {
    "TextExtractor": "spindrift.parse.text.TextExtractor",
    "MainTextExtractor": "spindrift.extraction.maintext.MainTextExtractor",
}
# StormCrawler's own, today and before it moved to Apache.
_JAVA = {
    "org.apache.stormcrawler.parse.JSoupTextExtractor": "TextExtractor",
    "org.apache.stormcrawler.parse.TextExtractor": "TextExtractor",
    "com.digitalpebble.stormcrawler.parse.TextExtractor": "TextExtractor",
}


class ExtractsText(Protocol):
    """Finds the text of a page. One with `html_elements = True` is given the elements of lxml.html."""

    def extract(self, root: etree._Element) -> str:
        """The text of the page whose `html` element is `root`, which must not be changed."""
        ...


def text_extractor(settings: Settings) -> ExtractsText:
    """The text extractor that is configured. Raises ConfigurationError where there is none, or it cannot be made."""
    name = settings.text(KEY) or "TextExtractor"
    name = _JAVA.get(name, name)
    if name == "TextExtractor":
        return TextExtractor.from_settings(settings)
    module_name, _, class_name = _OURS.get(name, name).rpartition(".")
    expected = f"expected {', '.join(_OURS)}, or the path of a class such as package.module.Class"
    if not module_name:
        raise ConfigurationError(f"configuration key {KEY}: there is no {name!r}; {expected}")
    try:
        found = getattr(importlib.import_module(module_name), class_name, None)
    except Exception as error:  # a user's module is anyone's code
        raise ConfigurationError(
            f"configuration key {KEY}: importing {module_name} failed: {type(error).__name__}: {error}; {expected}"
        ) from error
    if not (callable(getattr(found, "from_settings", None)) and callable(getattr(found, "extract", None))):
        raise ConfigurationError(
            f"configuration key {KEY}: {name} is no class with from_settings(settings) and extract(root); {expected}"
        )
    extractor: ExtractsText = found.from_settings(settings)  # type: ignore[union-attr]
    return extractor
