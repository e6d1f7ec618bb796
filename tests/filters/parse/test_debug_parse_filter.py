"""DebugParseFilter."""

from pathlib import Path

import pytest
from lxml import etree

from spindrift.parse.page import Page
from tests.filters.parse.parsed_page import load, mistakes, other_type, page


def test_the_tree_of_a_page_is_written_with_its_url(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    found = page("<p>one<b>two", kept=["k"])
    load(tmp_path, "DebugParseFilter", {"folder": str(folder)}).filter(found)
    (file,) = folder.iterdir()
    assert file.name == "page-000.xml"
    assert file.read_text().startswith("<!-- http://a.example/ -->\n<html>")
    assert etree.parse(file).findtext("body/p/b") == "two"
    assert found.metadata == {"kept": ["k"]}


def test_there_are_never_more_files_than_wanted_nor_longer_ones(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for _ in range(2):  # another start of the crawl goes on in the same files
        debug = load(tmp_path, "DebugParseFilter", {"folder": str(folder), "maxPages": 3, "maxBytes": 100})
        for number in range(7):
            debug.filter(page(f"<p>{number}" + "x" * 1000))
    assert sorted(file.name for file in folder.iterdir()) == ["page-000.xml", "page-001.xml", "page-002.xml"]
    assert "<p>6xxx" in (folder / "page-000.xml").read_text()
    assert {file.stat().st_size for file in folder.iterdir()} == {100}


def test_a_link_in_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("precious")
    (folder / "page-000.xml").symlink_to(elsewhere)
    load(tmp_path, "DebugParseFilter", {"folder": str(folder)}).filter(page("<p>x"))
    assert elsewhere.read_text() == "precious"
    assert "<p>x" in (folder / "page-000.xml").read_text()


@pytest.mark.parametrize("url", ["http://a.example/--><script>", "http://a.example/\udc80"])
def test_no_url_can_break_the_file(tmp_path: Path, url: str) -> None:
    found = page("<p>x")
    load(tmp_path, "DebugParseFilter", {"folder": str(tmp_path / "out")}).filter(Page(url, b"", {}, tree=found.tree))
    assert etree.parse(tmp_path / "out" / "page-000.xml").findtext("body/p") == "x"


def test_a_folder_that_cannot_be_written_to_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    debug = load(tmp_path, "DebugParseFilter", {"folder": str(tmp_path / "file")})
    for _ in range(3):
        debug.filter(page("<p>x"))
    assert [record.getMessage() for record in caplog.records] == [
        f"DebugParseFilter writes no pages any more: {tmp_path / 'file'}: File exists"
    ]


def test_nothing_is_written_of_what_is_no_html(tmp_path: Path) -> None:
    load(tmp_path, "DebugParseFilter", {"folder": str(tmp_path / "out")}).filter(other_type())
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_without_a_folder_to_write_to(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, "org.apache.stormcrawler.parse.filter.DebugParseFilter")
    assert 'needs the parameter "folder"' in told
