"""Filters that end the process they are in: every command that runs filters names them."""

import json
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat
from tests.cli.conftest import Outcome, Run

PAGE, LINK = "http://a.example/", "http://a.example/y"
WAYS = {
    "with exit code 3": "os._exit(3)",
    # Without the traceback that the tests' own process would print.
    "with SIGSEGV": "(faulthandler.disable(), os.kill(os.getpid(), signal.SIGSEGV))",
}
COMMANDS = {
    "filter": ["--config", "filters.json"],
    "explain": [LINK, "--offline", "-o", "urlfilters.config.file=filters.json"],
    "inject": [LINK, "-o", "urlfilters.config.file=filters.json"],
    "replay": ["x.warc.gz", "--filters", "filters.json", "-o", "urlfilters.config.file="],
    "parse": ["page.html", "--url", PAGE, "-o", "urlfilters.config.file=filters.json"],
}
IMPORTS = "import faulthandler, os, signal\n"
HTML = b'<title>x</title><a href="/y">y</a>'


@pytest.fixture(params=WAYS)
def how(request: pytest.FixtureRequest) -> str:
    """How a process ends."""
    return str(request.param)


def run(spindrift: Run, folder: Path, module: str, kind: str, command: str, arguments: list[str]) -> Outcome:
    """The command with a filter `bad`, of the class Bad of `module`; each has a name of its own, to be imported."""
    name = f"ending_{abs(hash((folder, module)))}"
    (folder / f"{name}.py").write_text(IMPORTS + module)
    filters = {f"x.{kind}": [{"class": "BasicURLNormalizer"}] if kind == "URLFilters" else []}
    filters[f"x.{kind}"].append({"class": f"{name}.Bad", "name": "bad"})
    (folder / "filters.json").write_text(json.dumps(filters))
    (folder / "page.html").write_bytes(HTML)
    page = Capture(PAGE, HTML, {"fetch.statusCode": ["200"], "protocol.content-type": ["text/html"]})
    (folder / "x.warc.gz").write_bytes(RecordFormat("protocol.", [], VirtualClock()).records(page))
    return spindrift(command, *arguments, said="".join(json.dumps({"url": url}) + "\n" for url in (PAGE, LINK)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_url_filter_is_named_with_the_url(spindrift: Run, tmp_path: Path, command: str, how: str) -> None:
    module = (
        f"class Bad:\n    def filter(self, source, metadata, url):\n        return {WAYS[how]} if 'y' in url else url\n"
    )
    ran = run(spindrift, tmp_path, module, "URLFilters", command, COMMANDS[command])
    assert ran.code == 1
    assert f"error: {LINK}: URL filter bad has ended its process {how}, as it would a crawl's\n" in ran.err
    answered = [json.loads(line)["url"] for line in ran.out.splitlines()]
    assert answered == ([PAGE] if command == "filter" else [])


@pytest.mark.parametrize("command", ["replay", "parse"])
def test_a_parse_filter_is_named_with_the_page(spindrift: Run, tmp_path: Path, command: str, how: str) -> None:
    module = f"class Bad:\n    def filter(self, page):\n        {WAYS[how]}\n"
    (tmp_path / "none.json").write_text('{"x.URLFilters": []}')
    arguments = {"replay": ["x.warc.gz", "--filters", "none.json"], "parse": ["page.html", "--url", PAGE]}[command]
    arguments += ["-o", "parsefilters.config.file=filters.json"]
    ran = run(spindrift, tmp_path, module, "ParseFilters", command, arguments)
    assert ran.code == 1
    assert f"error: {PAGE}: parse filter bad has ended its process {how}" in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_filter_whose_module_does_so_is_named(spindrift: Run, tmp_path: Path, command: str, how: str) -> None:
    ran = run(spindrift, tmp_path, WAYS[how] + "\n", "URLFilters", command, COMMANDS[command])
    assert (ran.code, ran.out) == (1, "")
    assert "error: making URL filter bad (ending_" in ran.err
    assert f".Bad) has ended its process {how}" in ran.err


def test_a_check_goes_on_with_the_next_file(spindrift: Run, tmp_path: Path, how: str) -> None:
    (tmp_path / "right.json").write_text('{"x.URLFilters": [{"class": "BasicURLFilter"}]}')
    ran = run(spindrift, tmp_path, WAYS[how], "URLFilters", "check", ["filters.json", "right.json"])
    assert ran.code == 2
    wrong, right = ran.out.splitlines()
    assert wrong.startswith("error: filters.json: making URL filter bad (ending_")
    assert f"has ended its process {how}" in wrong
    assert right == "right.json: right, 1 filter"
