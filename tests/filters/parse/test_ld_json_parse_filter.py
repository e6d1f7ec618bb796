"""LDJsonParseFilter."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.parse.linked_data import MAX_DOCUMENTS, read_linked_data
from tests.filters.parse.parsed_page import load, mistakes, other_type, page


def script(content: Any, kind: str = "application/ld+json") -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return f'<script type="{kind}">{text}</script>'


def values(folder: Path, html: str, pointer: str = "/name") -> list[str] | None:
    found = page(html)
    load(folder, "LDJsonParseFilter", {"key": pointer}).filter(found)
    return found.metadata.get("key")


def test_all_scripts_are_read_and_equal_values_come_once(tmp_path: Path) -> None:
    html = "<head>" + script({"name": "A"}) + "</head><p>" + script({"name": "B"}) + script({"name": "A"})
    assert values(tmp_path, html) == ["A", "B"]


@pytest.mark.parametrize("kind", ["Application/LD+JSON", "application/ld+json; charset=utf-8", " application/ld+json "])
def test_the_type_is_read_as_a_media_type(tmp_path: Path, kind: str) -> None:
    assert values(tmp_path, script({"name": "A"}, kind)) == ["A"]


def test_other_scripts_are_not_read(tmp_path: Path) -> None:
    assert values(tmp_path, script({"name": "A"}, "application/json") + '<script>{"name": "B"}</script>') is None


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, {"name": "A"}, {"name": "B"}]},
        [{"@graph": [{"name": "A"}]}, {"@graph": {"name": "B"}}, {"@graph": "nothing"}],
        [{"name": "A"}, {"name": "B"}],
        {"name": "A", "@graph": [{"name": "B"}]},
    ],
)
def test_nodes_of_a_graph_are_read_as_if_they_stood_alone(tmp_path: Path, document: Any) -> None:
    assert values(tmp_path, script(document)) == ["A", "B"]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/author/name", ["X", "Y"]),
        ("/author/1/name", ["Y"]),
        ("/author/9/name", None),
        ("/a~1b/c~0d", ["escaped"]),
        ("/", ["empty key"]),
        ("/price", ["12.50"]),
        ("/count", ["123456789012345678901234567890"]),
        ("/free", ["true"]),
        ("/none", None),
        ("/author", None),
        ("/tags", ["t1", "t2"]),
        ("/title", ["typed"]),
        ("/name/deeper", None),
        ("/blank", None),
    ],
)
def test_pointers_lead_to_texts(tmp_path: Path, pointer: str, expected: list[str] | None) -> None:
    document = """{"author": [{"name": "X"}, {"name": " Y "}], "a/b": {"c~d": "escaped"}, "": "empty key", "free": true,
        "price": 12.50, "count": 123456789012345678901234567890, "none": null, "tags": ["t1", "t2", null],
        "title": {"@value": "typed"}, "name": "n", "blank": " "}"""
    assert values(tmp_path, script(document), pointer) == expected


@pytest.mark.parametrize(
    "broken",
    [
        '{"name": "A",}',
        '{"name": "A", "list": [1, 2,\n ], }',
        '{"name": "A"};',
        '\ufeff{"name": "A"}',
        '<!-- {"name": "A"} -->',
        '// <![CDATA[\n{"name": "A"}\n// ]]>',
        '/*<![CDATA[*/{"name": "A"}/*]]>*/',
        '{"other": "line\nfeed\tand tab", "name": "A"}',
        '{"name": "A"}\n{"name": "B"',
        '{"x": "a, ] b,}", "name": "A",}',
    ],
)
def test_common_mistakes_are_put_up_with(tmp_path: Path, broken: str) -> None:
    if broken.endswith('"B"'):
        assert values(tmp_path, script(broken)) is None
    else:
        assert values(tmp_path, script(broken)) == ["A"]


@pytest.mark.parametrize(
    "broken", ["", " ", "{", '{"name": "A', "[" * 100_000, '"\\' * 50_000, "," * 100_000, '{"name" "A"}', "]]>", "NaN"]
)
def test_what_cannot_be_read_does_not_hide_what_can(tmp_path: Path, broken: str) -> None:
    assert values(tmp_path, script(broken) + script({"name": "A"})) == ["A"]


def test_of_a_graph_without_end_so_many_nodes_are_taken() -> None:
    many = ",".join(['{"name": "A"}'] * (MAX_DOCUMENTS + 10))
    tree = page(script(f'{{"@graph": [{many}]}}') + script({"name": "B"})).tree
    assert tree is not None
    assert len(read_linked_data(tree)) == MAX_DOCUMENTS


def test_values_replace_those_of_an_earlier_fetch(tmp_path: Path) -> None:
    found = page(script({"name": "A"}), name=["old"], other=["kept"])
    load(tmp_path, "LDJsonParseFilter", {"name": "/name", "other": "/other"}).filter(found)
    assert found.metadata == {"name": ["A"], "other": ["kept"]}


def test_what_is_no_html_is_left_alone(tmp_path: Path) -> None:
    found = other_type()
    load(tmp_path, "LDJsonParseFilter", {"name": "/name"}).filter(found)
    assert found.metadata == {}


def test_what_is_no_pointer_is_told(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "LDJsonParseFilter", {"a": "name", "b": "/a~2", "c": ["/a"]})
    assert [place.partition(":")[0] for place in found] == ["/a", "/b", "/c"]
    assert '"name" is no JSON pointer, such as "/author/name"' in found[0]
    assert "expected a JSON pointer" in found[2]
