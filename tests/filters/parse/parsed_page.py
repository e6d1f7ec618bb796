"""Pages and parse filters for tests: as the parser makes them, and as a filter file names them."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.errors import ConfigurationError
from spindrift.filtering import load_filters
from spindrift.parse.html import HtmlParser
from spindrift.parse.page import Page

WRAPPER = "org.apache.stormcrawler.parse.ParseFilters"


def page(html: str | bytes = b"", **metadata: list[str]) -> Page:
    """A page without a text; what the parser itself would put into the metadata is not there."""
    content = html.encode() if isinstance(html, str) else html
    return Page("http://a.example/", content, metadata, tree=HtmlParser().parse(content, "utf-8"))


def other_type(**metadata: list[str]) -> Page:
    """A document that is no HTML."""
    return Page("http://a.example/x.pdf", b"%PDF-1.7", metadata)


def load(folder: Path, class_name: str, params: Any = None) -> Any:
    """The filter that a file with this one entry makes. Files that `params` name are looked for in `folder`."""
    file = folder / "parsefilters.json"
    file.write_text(json.dumps({WRAPPER: [{"class": class_name, "params": params}]}))
    (loaded,) = load_filters(file, "ParseFilters")
    return loaded.instance


def mistakes(folder: Path, class_name: str, params: Any = None) -> list[str]:
    """What is told of the params: each mistake, behind the place of the params."""
    with pytest.raises(ConfigurationError) as caught:
        load(folder, class_name, params)
    return [problem.partition(f"/{WRAPPER}/0/params")[2] for problem in caught.value.problems]
