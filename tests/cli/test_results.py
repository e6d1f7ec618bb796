"""What users' code prints goes to standard error, so that standard output holds results only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spindrift.demo.generated_web import GeneratedWeb

FILTERS = """
import contextlib, os, subprocess, sys

def say():
    print("chatter of print")
    os.write(1, b"chatter of C\\n")
    subprocess.run(["echo", "chatter of a child"])

class Talking:
    def filter(self, *given):
        say()
        return given[-1] if len(given) > 1 else None

class Closing:
    def filter(self, *given):
        sys.stdout.close()
        return given[-1] if len(given) > 1 else None

class ClosingOne:
    def filter(self, *given):
        with contextlib.suppress(OSError):  # it may have been closed for another page
            os.close(1)
        return given[-1] if len(given) > 1 else None

print("chatter of the import")
"""


def project(folder: Path, name: str) -> None:
    (folder / "talking.py").write_text(FILTERS)
    (folder / "config.json").write_text("{}")
    one = [{"class": f"talking.{name}"}]
    (folder / "urlfilters.json").write_text(json.dumps({"x.URLFilters": one}))
    (folder / "parsefilters.json").write_text(json.dumps({"x.ParseFilters": one}))
    (folder / "page.html").write_text("<title>T</title><p>text <a href=/b>b</a>")


def run(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "spindrift", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, timeout=100, check=False
    )


def chatter_only_in(ran: subprocess.CompletedProcess[str]) -> bool:
    return "chatter of" not in ran.stdout and all(
        f"chatter of {who}" in ran.stderr for who in ("print", "C", "a child", "the import")
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_of_a_crawl(workers: str, tmp_path: Path) -> None:
    project(tmp_path, "Talking")
    with GeneratedWeb(hosts=1, pages=2) as web:
        options = ["-o", "http.agent.name=a", "-o", "fetcher.server.delay=0", "-o", f"topology.workers={workers}"]
        ran = run(tmp_path, "crawl", web.seeds[0], "--json", *options)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["pages"] >= 2
    assert chatter_only_in(ran)


def test_of_a_page(tmp_path: Path) -> None:
    project(tmp_path, "Talking")
    ran = run(tmp_path, "parse", "page.html", "--json")
    assert json.loads(ran.stdout)["title"] == "T"
    assert chatter_only_in(ran)


def test_between_the_answers_to_lines(tmp_path: Path) -> None:
    project(tmp_path, "Talking")
    ran = run(tmp_path, "filter", given='{"url": "http://a.example/"}\n' * 2)
    assert [json.loads(line)["result"] for line in ran.stdout.splitlines()] == ["http://a.example/"] * 2
    assert chatter_only_in(ran)


@pytest.mark.parametrize("name", ["Closing", "ClosingOne"])
def test_a_filter_that_closes_standard_output_takes_no_result_away(name: str, tmp_path: Path) -> None:
    project(tmp_path, name)
    ran = run(tmp_path, "parse", "page.html", "--json")
    assert json.loads(ran.stdout)["title"] == "T"
    assert "Traceback" not in ran.stderr


def test_a_topology_prints_to_standard_output_unless_that_is_for_json(tmp_path: Path) -> None:
    (tmp_path / "talking.py").write_text(FILTERS)
    (tmp_path / "topologies").mkdir()
    (tmp_path / "topologies" / "talk.py").write_text(
        "from streamparse import Topology\nfrom talker import Talker\n"
        "class Talk(Topology):\n    spout = Talker.spec()\n"
    )
    (tmp_path / "talker.py").write_text(
        "import talking\nfrom streamparse import Spout\nclass Talker(Spout):\n    outputs = ['x']\n"
        "    def initialize(self, conf, context):\n        talking.say()\n"
        "    def next_tuple(self):\n        pass\n"
    )
    assert "chatter of a child" in run(tmp_path, "run", "-t", "0.1").stdout
    ran = run(tmp_path, "run", "-t", "0.1", "--json")
    json.loads(ran.stdout)
    assert chatter_only_in(ran)


def test_a_summary_that_is_lost_is_told(tmp_path: Path) -> None:
    with GeneratedWeb(hosts=1, pages=2) as web:
        command = [sys.executable, "-m", "spindrift", "crawl", web.seeds[0], "--json", "-o", "http.agent.name=a"]
        command += ["--store", "crawl.db", "-o", "fetcher.server.delay=0"]
        shell = ["sh", "-c", '"$@" >&-', "sh", *command]
        ran = subprocess.run(shell, cwd=tmp_path, stderr=subprocess.PIPE, text=True, timeout=100, check=False)
    assert ran.returncode == 1
    assert "the output could not be written" in ran.stderr
