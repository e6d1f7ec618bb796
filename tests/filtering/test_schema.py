"""The JSON Schema of filter files says of them what loading says."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spindrift.errors import ConfigurationError
from spindrift.filtering import load_filters
from spindrift.filtering.classes import Wrapper, short_names
from spindrift.filtering.schema import filter_file_schema
from spindrift.resource_files import ResourceFiles

SCHEMA = filter_file_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def is_right(*entries: Any, wrapper: str = "URLFilters") -> bool:
    return bool(VALIDATOR.is_valid({f"any.{wrapper}": list(entries)}))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("name", ["urlfilters.json", "parsefilters.json"])
def test_the_files_that_come_along_are_right(name: str) -> None:
    document = json.loads(ResourceFiles.from_settings().find(name).read_text())
    VALIDATOR.validate(document | {"$schema": "filters.schema.json"})


@pytest.mark.parametrize("wrapper", ["URLFilters", "ParseFilters"])
def test_every_filter_is_described(wrapper: Wrapper) -> None:
    for name in short_names(wrapper):
        described = SCHEMA["$defs"][name]
        described = described.get("anyOf", [described])[0]
        assert described["description"]
        for parameter in described.get("properties", {}).values():
            assert "description" in parameter


ENTRIES: list[dict[str, Any]] = [
    {"class": "MaxDepthFilter", "params": {"maxDepth": 1}},
    {"class": "org.apache.stormcrawler.filtering.depth.MaxDepthFilter", "name": "x", "params": {"maxDepth": 1}},
    {"class": "MaxDepthFilter", "params": {"maxDepht": 1}},
    {"class": "MaxDepthFilter", "params": {"maxDepth": "1"}},
    {"class": "MaxDepthFilter", "name": 1},
    {"class": "MaxDepthFilter", "parms": {}},
    {"class": "MaxDepthFiltr"},
    {"class": "org.apache.stormcrawler.filtering.MaxDepthFilter"},
    {"name": "x"},
    {"class": "SelfURLFilter", "params": {}},
    {"class": "SelfURLFilter", "params": {"x": 1}},
    {"class": "RegexURLFilter", "params": {"urlFilters": ["+."]}},
    {"class": "RegexURLFilter", "params": {"urlFilters": [1]}},
    {"class": "RegexURLNormalizer", "params": {"urlNormalizers": [{"pattern": "a", "substitution": "b"}]}},
    {"class": "RegexURLNormalizer", "params": {"urlNormalizers": [{"patern": "a"}]}},
    {"class": "FastURLFilter", "params": {"rules": [{"scope": "GLOBAL", "patterns": ["DenyPath a"]}]}},
    {"class": "FastURLFilter", "params": {"rules": [{"scope": "GLOBAL"}]}},
    {"class": "MetadataFilter", "params": {"a": "b", "c": ["d", True]}},
    {"class": "MetadataFilter", "params": {"a": {}}},
    {"class": "SelfURLFilter", "scope": {"hosts": ["a.org"], "metadata": {"a": None}}},
    {"class": "SelfURLFilter", "scope": {"host": ["a.org"]}},
    {"class": "tests.filtering.own_filters.Suffix", "params": {"suffix": "x"}},
]


@pytest.mark.parametrize("entry", ENTRIES, ids=json.dumps)
def test_it_refuses_what_loading_refuses(entry: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"$schema": "s.json", "any.URLFilters": [entry]}))
    try:
        load_filters(path, "URLFilters")
    except ConfigurationError:
        loads = False
    else:
        loads = True
    assert is_right(entry) is loads
