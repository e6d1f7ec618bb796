"""Parse filter files as StormCrawler's archetype has them load unchanged, and do what they did."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.bolts.parse import ParserBolt
from spindrift.filtering import load_filters
from spindrift.testing import run_bolt

PREFIXES = ["org.apache.stormcrawler.", "com.digitalpebble.stormcrawler."]
JSOUP: list[tuple[str, Any]] = [
    (
        "jsoup.XPathFilter",
        {
            "canonical": '//*[@rel="canonical"]/@href',
            "parse.description": ['//*[@name="description"]/@content', '//*[@name="Description"]/@content'],
            "parse.title": ["//TITLE/allText()", '//META[@name="title"]/@content'],
            "parse.keywords": '//META[@name="keywords"]/@content',
            "code": "//SCRIPT[@type='text/javascript']/html()",
            "markup": "//P/outerHtml()",
        },
    ),
    ("jsoup.LinkParseFilter", {"pattern": "//FRAME/@src"}),
    ("jsoup.LDJsonParseFilter", {"street": "/location/streetAddress"}),
]
PARSE: list[tuple[str, Any]] = [
    ("parse.filter.DomainParseFilter", {"key": "domain", "byHost": False}),
    ("parse.filter.MimeTypeNormalization", None),
    ("parse.filter.CommaSeparatedToMultivaluedMetadata", {"keys": ["parse.keywords"]}),
    ("parse.filter.LanguageID", {"key": "lang", "minProb": 0.99, "extracted": "parse.lang"}),
]
HTML = """<title>The title</title><meta name=Description content=D><meta name=keywords content="a, b">
<link rel=canonical href=http://www.example.com/c><script type="text/javascript">if (a < b) {}</script>
<script type="application/ld+json">{"location": {"streetAddress": "Road 1"}}</script><p>one <b>&lt;</b></p>"""


def write(folder: Path, prefix: str, wrapper: str, filters: list[tuple[str, Any]]) -> Path:
    entries = []
    for name, params in filters:
        entry = {"class": prefix + name, "name": name.rpartition(".")[2]}
        entries.append(entry if params is None else {**entry, "params": params})
    file = folder / f"{wrapper.lower()}.json"
    file.write_text(json.dumps({f"{prefix}parse.{wrapper}": entries}))
    return file


@pytest.mark.parametrize("prefix", PREFIXES)
def test_both_files_load_and_run_one_after_the_other(tmp_path: Path, prefix: str) -> None:
    conf = {
        "jsoup.filters.config.file": str(write(tmp_path, prefix, "JSoupFilters", JSOUP)),
        "parsefilters.config.file": str(write(tmp_path, prefix, "ParseFilters", PARSE)),
        "urlfilters.config.file": "",
        "http.agent.name": "drifter",
    }
    with run_bolt(ParserBolt, conf) as bolt:
        bolt.send(url="http://www.example.com/", content=HTML.encode(), metadata={})
    ((_, _, metadata, _),) = bolt.emitted()
    assert {key: metadata[key] for key in ("domain", "format", "street", "code", "markup", "canonical")} == {
        "domain": ["example.com"],
        "format": ["html"],
        "street": ["Road 1"],
        "code": ["if (a < b) {}"],
        "markup": ["<p>one <b>&lt;</b></p>"],
        "canonical": ["http://www.example.com/c"],
    }
    assert metadata["parse.title"] == ["The title"]
    assert metadata["parse.description"] == ["D"]
    assert metadata["parse.keywords"] == ["a", "b"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_parse_filter_of_stormcrawler_is_known_by_its_java_name(tmp_path: Path, prefix: str) -> None:
    (tmp_path / "collections.json").write_text('{"collections": []}')
    filters = [
        *PARSE,
        ("parse.filter.CollectionTagger", {"key": "collections", "file": "collections.json"}),
        ("parse.filter.ContentFilter", {"main": "//DIV[@id='maincontent']"}),
        ("parse.filter.DebugParseFilter", {"folder": str(tmp_path)}),
        ("parse.filter.LDJsonParseFilter", {"street": "/location/streetAddress"}),
        ("parse.filter.LinkParseFilter", {"pattern": "//IMG/@src"}),
        ("parse.filter.MD5SignatureParseFilter", {"useText": False, "keyName": "signature", "keyNameCopy": "old"}),
        ("parse.filter.XPathFilter", {"title": "//TITLE"}),
    ]
    loaded = load_filters(write(tmp_path, prefix, "ParseFilters", filters), "ParseFilters")
    assert [each.name for each in loaded] == [name.rpartition(".")[2] for name, _ in filters]
