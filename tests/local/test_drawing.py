"""`spindrift graph`: any topology as a picture."""

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

from spindrift.local.drawing import dot, mermaid
from spindrift.local.plan import plan_topology
from spindrift.topologies.crawl import CrawlTopology
from tests.cli.conftest import Run, spindrift

__all__ = ["spindrift"]

SOURCE = Path(__file__).parents[2] / "src"


def test_the_quickstart_in_graphviz(tmp_path: Path) -> None:
    with as_file(files("streamparse.bootstrap") / "project") as template:
        shutil.copytree(template, tmp_path, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    (tmp_path / "config.jinja2.json").rename(tmp_path / "config.json")
    command = [sys.executable, "-m", "spindrift.cli.main", "graph", "-n", "wordcount"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == (
        'digraph "wordcount" {\n'
        "  rankdir=LR\n"
        "  node [shape=box]\n"
        '  "word_spout" [label="word_spout", shape=ellipse]\n'
        '  "count_bolt" [label="count_bolt x 2"]\n'
        '  "word_spout" -> "count_bolt" [label="fields(word)"]\n'
        "}\n"
    )


def test_streams_groupings_and_tasks_are_told() -> None:
    drawn = dot(plan_topology(CrawlTopology, "crawl"))
    assert '"fetch" -> "sitemap" [label="local-or-shuffle"]' in drawn
    assert '"fetch" -> "status" [label="host: fields(key)"]' in drawn
    assert '"status" -> "deletion" [label="deletion: fields(url)"]' in drawn


def test_graphviz_and_mermaid_draw_the_same() -> None:
    plan = plan_topology(CrawlTopology, "crawl")
    graphviz = re.findall(r'"(.+)" -> "(.+)" \[label="(.+)"\]', dot(plan))
    names = dict(re.findall(r'(c\d+)(?:\(\[|\[)"(\w+)', mermaid(plan)))
    arrows = re.findall(r'(c\d+) -- "(.+)" --> (c\d+)', mermaid(plan))
    assert [(names[source], names[target], said) for source, said, target in arrows] == graphviz
    assert len(graphviz) == sum(len(component.inputs) for component in plan.components.values()) > 10
    assert '(["frontier"])' in mermaid(plan)


def test_a_project_without_topologies_says_so(spindrift: Run) -> None:
    outcome = spindrift("graph")
    assert outcome.code == 2
    assert "no topology to run" in outcome.err
