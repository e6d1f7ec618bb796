"""`spindrift extract`: pages in, JSON lines out."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outcome, Run
from tests.shared_data import shared_data

ARTICLE = (
    "<p>The lantern keeper counts the ships of the evening, and writes down what he has seen of each of them.</p>" * 4
)
PAGE = f"<html lang=de><title>T</title><nav><a href=/home>Home</a></nav><article>{ARTICLE}<a href=x#y>z</a></article>"


def fed(lines: str, *arguments: str) -> Outcome:
    command = [sys.executable, "-m", "spindrift", "extract", *arguments]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=False)
    return Outcome(done.stdout, done.stderr, done.returncode)


def answers(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_json_lines_are_answered_in_their_order() -> None:
    urls = [f"https://a.example/2020/05/{day:02}/" for day in range(1, 20)]
    outcome = fed("\n\n".join(json.dumps({"url": url, "html": PAGE}) for url in urls), "--jobs", "2")
    found = answers(outcome)
    assert (outcome.code, outcome.err) == (0, "")
    assert [answer["url"] for answer in found] == urls
    assert [answer["date"] for answer in found] == [f"2020-05-{day:02}" for day in range(1, 20)]
    text = found[0].pop("text")
    assert "lantern keeper" in text
    assert "Home" not in text
    assert found[0] == {
        "url": urls[0],
        "title": "T",
        "date": "2020-05-01",
        "language": "de",
        "links": ["https://a.example/home", "https://a.example/2020/05/01/x#y"],
    }


def test_a_line_that_is_no_page_is_answered_by_what_is_wrong_with_it() -> None:
    lines = ["{", "[1]", '{"html": "x"}', '{"url": "u", "html": 1}', json.dumps({"url": "u", "html": ""})]
    outcome = fed("\n".join(lines))
    assert outcome.code == 1
    assert [answer.get("error", "").partition(": ")[0] for answer in answers(outcome)] == [
        "line 1",
        "line 2",
        "line 3",
        "line 4",
        "",
    ]
    assert "4 of them failed" in outcome.err


def test_html_files_have_file_urls(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "a b.html").write_text(PAGE)
    outcome = spindrift("extract", "a b.html", "none.html")
    page, missing = answers(outcome)
    assert page["url"] == (tmp_path / "a b.html").as_uri()
    assert page["date"] is None
    assert missing == {
        "error": "none.html: cannot be read: No such file or directory",
        "url": (tmp_path / "none.html").as_uri(),
    }
    assert outcome.code == 1


def test_pages_of_warc_files_are_extracted(spindrift: Run) -> None:
    outcome = spindrift("extract", "--warc", str(shared_data("warc/example.warc.gz")), "--jobs", "1")
    (page,) = answers(outcome)
    assert (page["url"], page["title"], outcome.code) == ("http://example.com/", "Example Domain", 0)
    assert "illustrative examples" in page["text"]


@pytest.mark.parametrize("file", ["example.arc", "example.arc.gz"])
@pytest.mark.parametrize("option", [["--warc"], []], ids=["as an archive", "by its first bytes"])
def test_pages_of_arc_files_are_extracted(spindrift: Run, file: str, option: list[str]) -> None:
    outcome = spindrift("extract", *option, str(shared_data(f"warc/{file}")), "--jobs", "1")
    (page,) = answers(outcome)
    assert (page["url"], page["title"], outcome.code) == ("http://example.com/", "Example Domain", 0)
    assert "illustrative examples" in page["text"]


def test_an_arc_file_that_is_damaged_is_read_as_far_as_it_goes(spindrift: Run, tmp_path: Path) -> None:
    whole = shared_data("warc/example.arc").read_bytes()
    headless = b"http://example.com/b 1.2.3.4 20140401000000 text/html 6\nnoise\n\n"
    (tmp_path / "cut.arc").write_bytes(whole.rstrip(b"\n") + b"\n\n" + headless + b"odd\n")
    outcome = spindrift("extract", "--warc", "cut.arc", "--jobs", "1")
    page, nothing, rest = answers(outcome)
    assert (page["title"], outcome.code) == ("Example Domain", 1)
    assert nothing["url"] == "http://example.com/b"
    assert "there is no HTTP answer in the record" in nothing["error"]
    assert rest["error"].startswith("cut.arc: cannot be read as an ARC file (any further): ")


def test_a_file_that_is_no_warc_is_named(spindrift: Run) -> None:
    path = shared_data("warc/README.md")
    outcome = spindrift("extract", "--warc", str(path))
    assert outcome.code == 1
    assert f"{path}: cannot be read as a WARC file" in outcome.err.replace("\n", " ")


def test_a_file_is_known_by_its_first_bytes(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(PAGE.encode())[:-9])
    archives = [str(shared_data(f"warc/example.warc{ending}")) for ending in ("", ".gz")]
    outcome = spindrift("extract", *archives, "page.html.gz", "cut.html.gz", "--jobs", "1")
    *found, cut = answers(outcome)
    assert [page["title"] for page in found] == ["Example Domain", "Example Domain", "T"]
    assert [page["url"] for page in found] == ["http://example.com/"] * 2 + [(tmp_path / "page.html.gz").as_uri()]
    assert cut["error"].startswith("cut.html.gz: cannot be read: ")


def test_a_folder_of_archives_one_of_them_damaged(spindrift: Run, tmp_path: Path) -> None:
    whole = shared_data("warc/example.warc.gz").read_bytes()
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(b"\x1f\x8bnothing")
    (folder / "b.warc.gz").write_bytes(whole)
    (folder / "notes.md").write_text("no archive")
    outcome = spindrift("extract", "--warc", "archive", "--jobs", "1")
    damaged, page = answers(outcome)
    assert (page["title"], outcome.code) == ("Example Domain", 1)
    assert damaged["error"].startswith("archive/a.warc.gz: cannot be read as a WARC file")
    missing = spindrift("extract", "--warc", "none")
    assert (missing.code, missing.out) == (1, "")
    assert "none: there is no such file" in missing.err


def test_a_program_that_feeds_it_line_by_line_gets_each_answer_at_once() -> None:
    command = [sys.executable, "-m", "spindrift", "extract", "-j", "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for url in ("https://a.example/1", "https://a.example/2"):
            process.stdin.write(json.dumps({"url": url, "html": PAGE}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["url"] == url
        process.stdin.close()
        assert process.wait() == 0


def test_a_record_that_is_cut_off_is_no_page(spindrift: Run, tmp_path: Path) -> None:
    head = b"http://a/%d 1.1.1.1 20200101000000 text/html 100\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n"
    (tmp_path / "cut.arc").write_bytes(
        (head % 1 + b"<title>whole</title>").ljust(154) + b"\n" + head % 2 + b"<title>cut"
    )
    outcome = spindrift("extract", "--warc", "cut.arc", "--jobs", "1")
    page, cut = answers(outcome)
    assert (page["title"], outcome.code) == ("whole", 1)
    assert cut == {
        "error": "cut.arc, record at 155: the record is cut off: 51 of 100 bytes are there",
        "url": "http://a/2",
    }
    assert "the record is cut off" in outcome.err


def test_a_folder_is_told_from_a_file(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    outcome = spindrift("extract", "archive", "--jobs", "1")
    (answer,) = answers(outcome)
    assert (answer["error"], outcome.code) == ("archive: is a folder; if archives are in it: --warc archive", 1)
