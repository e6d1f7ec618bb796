"""`spindrift parse`: what the parser and the filters make of a page."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HTML = """<html lang=en><head><title>Tides \x1b[31m</title><meta name=robots content="noindex"></head>
<body><p>The spring tide.</p><a href="/a?sid=1">A</a><a href="b.gif">B</a><a href="/x/">self</a>
<a href="http://o.example/">O</a></body></html>"""
FILTERS = {
    "x.URLFilters": [
        {"class": "BasicURLNormalizer", "params": {"queryElementsToRemove": ["sid"]}},
        {"class": "RegexURLFilter", "name": "no gifs", "params": {"urlFilters": [r"-\.gif$", "+."]}},
        {"class": "HostURLFilter", "params": {"ignoreOutsideHost": True}},
    ]
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "urlfilters.json").write_text(json.dumps(FILTERS))
    file = tmp_path / "page.html"
    file.write_text(HTML)
    return file


def test_links_are_kept_or_dropped_by_a_filter_with_a_name(spindrift: Run, page: Path) -> None:
    outcome = spindrift("parse", str(page), "--url", "http://a.example/x/", "--json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["links"] == [
        {"url": "http://a.example/a", "anchor": "A", "found": "http://a.example/a?sid=1"},
    ]
    assert {each["url"]: each["by"] for each in found["dropped"]} == {
        "http://a.example/x/b.gif": "no gifs",
        "http://a.example/x/": "the page itself",
        "http://o.example/": "HostURLFilter",
    }


@pytest.mark.parametrize("said", ["rel", "page"])
def test_links_that_are_not_followed_are_dropped_and_said(spindrift: Run, page: Path, said: str) -> None:
    meta, rel = ("<meta name=robots content=nofollow>", "") if said == "page" else ("", "rel='ugc nofollow'")
    page.write_text(
        f"<html><head>{meta}</head><a {rel} href=/no>no</a><a {rel} href=/both>1</a><a href=/both>2</a></html>"
    )
    arguments = ("parse", str(page), "--url", "http://a.example/x/")
    found = json.loads(spindrift(*arguments, "--json").out)
    kept = [] if said == "page" else ["http://a.example/both"]
    assert [each["url"] for each in found["links"]] == kept
    dropped = ["http://a.example/no"] if kept else ["http://a.example/no", "http://a.example/both"]
    assert found["dropped"] == [{"url": url, "by": "nofollow"} for url in dropped]
    lenient = json.loads(spindrift(*arguments, "--json", "-o", "robots.noFollow.strict=false").out)
    assert (len(lenient["links"]), lenient["dropped"]) == (2, [])


def test_text_metadata_and_robots(spindrift: Run, page: Path) -> None:
    found = json.loads(spindrift("parse", str(page), "--url", "http://www.example.com/", "--json").out)
    assert found["title"].startswith("Tides")
    assert "The spring tide." in found["text"]
    assert found["robots"] == {"noindex": True, "nofollow": False, "noarchive": False}
    assert found["metadata"]["domain"] == ["example.com"], "as the parse filters say"
    assert found["mime_type"] == "text/html"


def test_for_people_without_anything_that_steers_a_terminal(spindrift: Run, page: Path) -> None:
    outcome = spindrift("parse", str(page), "--url", "http://a.example/x/", "--links", "1")
    assert outcome.code == 0
    for words in ("noindex", "links kept: 1", "links dropped: 3", "no gifs", "... and 2 more", "parse.title"):
        assert words in outcome.out
    assert "\x1b" not in outcome.out


def test_a_parse_filter_that_raises_is_named(spindrift: Run, page: Path, tmp_path: Path) -> None:
    (tmp_path / "raising_filters.py").write_text(
        "class Bad:\n    def filter(self, page):\n        raise OSError('oh')\n"
    )
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "parsefilters.json").write_text('{"x.ParseFilters": [{"class": "raising_filters.Bad", "name": "bad"}]}')
    outcome = spindrift("parse", str(page))
    assert outcome.code == 1
    assert "parse filter bad raised OSError: oh" in outcome.err


def test_what_a_filter_took_from_the_tree_is_shown(spindrift: Run, page: Path, tmp_path: Path) -> None:
    (tmp_path / "taking.py").write_text(
        "class Taking:\n    def filter(self, page):\n        page.text = page.tree.xpath('//p/text()')[0]\n"
    )
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "parsefilters.json").write_text('{"x.ParseFilters": [{"class": "taking.Taking"}]}')
    outcome = spindrift("parse", str(page), "--json")
    assert json.loads(outcome.out)["text"] == "The spring tide."


def test_a_filter_that_never_comes_back_from_c_code_is_named(spindrift: Run, page: Path, tmp_path: Path) -> None:
    # All signals are held up, as in C code.
    (tmp_path / "stuck.py").write_text(
        "import signal, time\nclass Stuck:\n    def filter(self, source, metadata, url):\n"
        "        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n        time.sleep(1000)\n"
    )
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "urlfilters.json").write_text(json.dumps({"x.URLFilters": [{"class": "stuck.Stuck"}]}))
    outcome = spindrift("parse", str(page), "-o", "topology.subprocess.timeout.secs=0.5")
    assert outcome.code == 1
    assert "URL filter Stuck has come to no end in 0.5 s" in outcome.err


@pytest.mark.parametrize("arguments", [("nothing.html",), ("http://a.example/", "--url", "http://b.example/")])
def test_what_cannot_be_meant(spindrift: Run, arguments: tuple[str, ...]) -> None:
    assert spindrift("parse", *arguments).code == 2


def test_a_page_that_cannot_be_had(spindrift: Run) -> None:
    outcome = spindrift("parse", "http://127.0.0.1:1/", "-o", "http.agent.name=mine")
    assert outcome.code == 1
    assert "cannot be fetched" in outcome.err


@pytest.mark.parametrize("command", ["parse", "explain", "inject", "filter"])
def test_a_url_filter_that_raises_is_told_in_a_line(spindrift: Run, page: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "raising.py").write_text(
        "class Raising:\n    def filter(self, source_url, source_metadata, url):\n        raise ValueError('no good')\n"
    )
    file = tmp_path / "u.json"
    file.write_text(json.dumps({"a.URLFilters": [{"class": "raising.Raising"}]}))
    arguments = {
        "parse": [str(page), "-o", f"urlfilters.config.file={file}"],
        "explain": [
            "http://a.example/",
            "--offline",
            "-o",
            "http.agent.name=mine",
            "-o",
            f"urlfilters.config.file={file}",
        ],
        "inject": ["http://a.example/", "-o", f"urlfilters.config.file={file}"],
        "filter": ["--config", str(file)],
    }[command]
    lines = '{"url": "http://a.example/"}\n'
    told = spindrift(command, *arguments, said=lines).err
    assert "URL filter Raising raised ValueError: no good, so 'http://" in told
    assert "Traceback" not in told
    assert "line 3, in filter" in spindrift(command, *arguments, "-o", "pystorm.log.level=debug", said=lines).err
