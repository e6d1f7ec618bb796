"""Ctrl-C at any moment, and what comes to no end: quiet, or one clear line."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat

FILTERS = '''"""Filters that come to no end, whatever is raised in them."""
import os, signal, sys

def endless(signalled):
    while True:
        try:
            if signalled:
                os.kill(os.getpid(), signal.SIGINT)
            while True:
                pass
        except BaseException as error:
            print("caught", repr(error), file=sys.stderr)

class EndlessPages:
    def filter(self, page):
        endless("quiet" not in page.url)

class EndlessURLs:
    def filter(self, source_url, source_metadata, url):
        endless("quiet" not in source_url)
'''
QUIET = "http://a.example/quiet"
STARTS = [["-m", "spindrift"], ["-c", "from spindrift.__main__ import main; main()"]]


def python(*arguments: str, folder: Path, said: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *filter(None, sys.path)])}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, input=said, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("start", STARTS, ids=["module", "script"])
def test_ctrl_c_while_it_is_loaded_ends_it_quietly(start: list[str], tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(
        "import os, signal\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt as error:\n    raise ImportError from error\n"
    )
    ran = python(*start, "--version", folder=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


@pytest.mark.parametrize("command", ["crawl", "search"])
def test_so_it_does_while_a_command_is_loaded(command: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, os, signal\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('spindrift.cli.search', 'spindrift.cli.crawling'):\n"
        "            try:\n                os.kill(os.getpid(), signal.SIGINT)\n"
        "            except KeyboardInterrupt:\n                pass\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    ran = python("-m", "spindrift", command, "x", folder=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_so_it_does_when_it_comes_as_an_error_of_a_module(tmp_path: Path) -> None:
    (tmp_path / "protego.py").write_text(
        "import os, signal\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt as error:\n    raise RuntimeError('odd') from error\n"
    )
    ran = python("-m", "spindrift", "robots", folder=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


@pytest.mark.parametrize("inputs", ["waits", "works"])
def test_ctrl_c_ends_an_extraction_with_its_processes(inputs: str) -> None:
    command = [sys.executable, "-m", "spindrift", "extract", "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"url": "http://a.example/", "html": "<p>x"}).encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        if inputs == "works":
            page = "<p>" + "words and words " * 2_000 + "<div>" * 50
            process.stdin.write(json.dumps({"url": "http://a.example/", "html": page * 50}).encode() + b"\n")
            process.stdin.flush()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr else b""
        assert (process.wait(60), said) == (130, b""), "nor is anybody left who holds its standard error open"


def test_ctrl_c_that_is_ignored_stays_so(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "import atexit, os\natexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
    )
    ran = python("-m", "spindrift", "--version", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_script_is_the_module() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"spindrift": "spindrift.__main__:main"}


def parse(folder: Path, kind: str, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "endless.py").write_text(FILTERS)
    (folder / "page.html").write_text('<title>x</title><a href="/y">y</a>')
    entry = {"class": f"endless.{name}", "name": "forever"}
    (folder / "filters.json").write_text(json.dumps({f"x.{kind}": [entry]}))
    key = {"ParseFilters": "parsefilters.config.file", "URLFilters": "urlfilters.config.file"}[kind]
    arguments = ["parse", "page.html", "-o", f"{key}=filters.json", *options]
    return python("-m", "spindrift", *arguments, folder=folder)


@pytest.mark.parametrize(("kind", "name"), [("ParseFilters", "EndlessPages"), ("URLFilters", "EndlessURLs")])
class TestAFilterThatComesToNoEnd:
    def test_is_ended_by_ctrl_c_whatever_it_catches(self, kind: str, name: str, tmp_path: Path) -> None:
        ran = parse(tmp_path, kind, name)
        assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")

    def test_is_named_when_it_takes_too_long(self, kind: str, name: str, tmp_path: Path) -> None:
        ran = parse(tmp_path, kind, name, "-o", "topology.subprocess.timeout.secs=0.2", "--url", QUIET)
        said = {"ParseFilters": f"{QUIET}: parse filter", "URLFilters": "http://a.example/y: URL filter"}[kind]
        assert ran.returncode == 1
        assert ran.stderr == (
            f"error: {said} forever has come to no end in 0.2 s "
            "(topology.subprocess.timeout.secs), after which a crawl gives a page up\n"
        )


def endless_urls(folder: Path, command: str, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "endless.py").write_text(FILTERS)
    entry = {"class": "endless.EndlessURLs", "name": "forever"}
    (folder / "filters.json").write_text(json.dumps({"x.URLFilters": [entry]}))
    line = json.dumps({"url": "http://a.example/y", "source_url": source})
    page = Capture(source, b'<a href="/y">y</a>', {"fetch.statusCode": ["200"], "protocol.content-type": ["text/html"]})
    (folder / "x.warc.gz").write_bytes(RecordFormat("protocol.", [], VirtualClock()).records(page))
    arguments = {
        "filter": ["--config", "filters.json"],
        "explain": ["http://a.example/y", "--source", source, "--offline", "-o", "urlfilters.config.file=filters.json"],
        "replay": ["x.warc.gz", "--filters", "filters.json", "-o", "urlfilters.config.file="],
    }[command]
    return python("-m", "spindrift", command, *arguments, *options, folder=folder, said=line)


@pytest.mark.parametrize("command", ["filter", "explain", "replay"])
class TestAURLFilterThatComesToNoEnd:
    def test_is_ended_by_ctrl_c_whatever_it_catches(self, command: str, tmp_path: Path) -> None:
        ran = endless_urls(tmp_path, command, "http://a.example/")
        assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")

    def test_is_named_when_it_takes_too_long(self, command: str, tmp_path: Path) -> None:
        ran = endless_urls(tmp_path, command, QUIET, "-o", "topology.subprocess.timeout.secs=1")
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == (
            "error: http://a.example/y: URL filter forever has come to no end in 1 s "
            "(topology.subprocess.timeout.secs), after which a crawl gives a page up\n"
        )
