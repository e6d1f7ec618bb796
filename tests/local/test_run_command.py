"""`spindrift run` in the project that `sparse quickstart` makes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What streamparse's bootstrap makes, without the git and lein that its command wants."""
    folder = tmp_path / "wordcount"
    with as_file(files("streamparse.bootstrap") / "project") as template:
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "config.jinja2.json").rename(folder / "config.json")
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "spindrift.cli.main", "run", *arguments]


def spindrift_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(
        command(*arguments), cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def components(output: str) -> dict[str, Any]:
    stats: dict[str, Any] = json.loads(output)
    found: dict[str, Any] = stats["components"]
    return found


def test_the_quickstart_counts_words(project: Path) -> None:
    ran = spindrift_run(project, "-t", "1", "--json")
    assert ran.returncode == 0, ran.stderr
    counted = components(ran.stdout)
    assert counted["count_bolt"]["tasks"] == 2
    assert counted["count_bolt"]["acked"] == counted["word_spout"]["emitted"]["default"] > 1000
    assert counted["count_bolt"]["errors"] == []


def test_in_processes_too(project: Path) -> None:
    ran = spindrift_run(project, "-n", "wordcount", "-e", "prod", "-t", "2", "-w", "2", "--json")
    assert ran.returncode == 0, ran.stderr
    assert components(ran.stdout)["count_bolt"]["acked"] > 100


def test_without_a_terminal_lines_and_a_table(project: Path) -> None:
    ran = spindrift_run(project, "-t", "0.3")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    assert "word_spout" in ran.stderr
    assert "emitted" in ran.stderr
    assert "in flight" in ran.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_components_log_is_shown_from_the_level_of_storms_key_on(project: Path, workers: str) -> None:
    bolt = project / "src" / "bolts" / "wordcount.py"
    text = bolt.read_text().replace("self.total = 0", "self.total = 0; self.log('by Storm'); self.logger.warning('!')")
    bolt.write_text(text)
    shown = spindrift_run(project, "-t", "1", "-w", workers).stderr
    assert "INFO count_bolt: counted [1,000] words" in shown
    assert "INFO count_bolt: by Storm" in shown
    assert "WARNING count_bolt: !" in shown
    assert "StormHandler" not in shown
    assert "went away" not in shown
    quiet = spindrift_run(project, "-t", "1", "-w", workers, "-o", "pystorm.log.level=warning").stderr
    assert "INFO" not in quiet
    assert "WARNING count_bolt: !" in quiet


def test_logs_that_have_files_are_not_shown(project: Path, tmp_path: Path) -> None:
    ran = spindrift_run(project, "-t", "1", "-o", f"pystorm.log.path={tmp_path / 'logs'}")
    assert "counted [" not in ran.stderr
    assert any("counted [1,000] words" in file.read_text() for file in (tmp_path / "logs").iterdir())


def test_it_says_what_it_waits_for_and_what_became_of_it(project: Path) -> None:
    """A spout of ten reliable tuples, of which the bolt never acks the odd ones."""
    (project / "src" / "spouts" / "words.py").write_text(
        "from streamparse import Spout\n"
        "class WordSpout(Spout):\n"
        "    outputs = ['word']\n"
        "    def initialize(self, conf, context):\n"
        "        self.left = list(range(10))\n"
        "    def next_tuple(self):\n"
        "        if self.left:\n"
        "            word = self.left.pop()\n"
        "            self.emit([str(word)], tup_id=word)\n"
    )
    (project / "src" / "bolts" / "wordcount.py").write_text(
        "from streamparse import Bolt\n"
        "class WordCountBolt(Bolt):\n"
        "    outputs = ['word', 'count']\n"
        "    auto_ack = False\n"
        "    held = []\n"
        "    def process(self, tup):\n"
        "        self.held.append(tup)\n"
        "    def process_tick(self, tup):\n"
        "        for held in self.held:\n"
        "            if int(held.values[0]) % 2 == 0:\n"
        "                self.ack(held)\n"
        "        self.held.clear()\n"
    )
    options = ["-o", "topology.tick.tuple.freq.secs=1h", "-o", "topology.message.timeout.secs=3"]
    ran = spindrift_run(project, "-t", "1", *options)
    assert ran.returncode == 0, ran.stderr
    assert "stopping: 10 spout tuples in flight, 0 tuples queued; up to 30 s for them" in ran.stderr
    assert "5 acked, 5 failed, nothing left" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-n", "nothing"], 2, "there is no topology 'nothing' (there are: wordcount)"),
        (["-e", "stage"], 2, "no environment 'stage'"),
        (["-o", "topology.max.spout.pending=some"], 2, "topology.max.spout.pending (-o): 'some' is not right"),
        (["-o", "topology.debug", "-o", "=5", "-o", "topology.workers=x"], 2, "topology.workers (-o): 'x' is not"),
        (["-o", "topology.debug", "-o", "=5", "-o", "topology.workers=x"], 2, "-o =5: expected key=value"),
        (["-c", "missing.json"], 2, "missing.json: cannot read the configuration"),
        (["-n"], 2, "requires an argument"),
    ],
)
def test_usage_and_configuration_errors(arguments: list[str], code: int, said: str, project: Path) -> None:
    ran = spindrift_run(project, *arguments)
    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr
    assert "Traceback" not in ran.stderr


def test_outside_of_a_project_it_says_what_is_missing(tmp_path: Path) -> None:
    ran = spindrift_run(tmp_path)
    assert ran.returncode == 2
    assert "topologies: there is no such folder" in ran.stderr
    assert "spindrift new" in ran.stderr
    assert "sparse quickstart" in ran.stderr


def test_modules_beside_the_topologies_are_found_too(project: Path) -> None:
    """Without `src`: components in the project's folder, in a package and in a module."""
    shutil.move(project / "src" / "bolts", project / "bolts")
    shutil.move(project / "src" / "spouts" / "words.py", project / "words.py")
    shutil.rmtree(project / "src")
    topology = project / "topologies" / "wordcount.py"
    topology.write_text(topology.read_text().replace("from spouts.words", "from words"))
    ran = spindrift_run(project, "-t", "0.3", "-w", "2", "--json")
    assert ran.returncode == 0, ran.stderr
    assert components(ran.stdout)["count_bolt"]["acked"] > 0


def test_a_topology_file_that_ends_the_program_is_an_error(project: Path) -> None:
    (project / "topologies" / "wordcount.py").write_text("raise SystemExit(3)\n")
    ran = spindrift_run(project)
    assert ran.returncode == 2
    assert "wordcount.py: cannot load the topology: SystemExit: 3 (line 1)" in ran.stderr


def test_a_component_that_does_not_start(project: Path) -> None:
    bolt = project / "src" / "bolts" / "wordcount.py"
    bolt.write_text(bolt.read_text().replace("self.total = 0", "raise OSError('no database')"))
    ran = spindrift_run(project, "-t", "1")
    assert ran.returncode == 1
    assert "cannot initialize component count_bolt" in ran.stderr
    assert "no database" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_component_that_is_configured_wrongly(project: Path) -> None:
    bolt = project / "src" / "bolts" / "wordcount.py"
    raising = "from spindrift.conf import Settings; Settings({'http.timeout': 'soon'}).seconds('http.timeout')"
    bolt.write_text(bolt.read_text().replace("self.total = 0", raising))
    ran = spindrift_run(project, "-t", "1")
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: configuration key http.timeout: 'soon' is not right")


def test_a_wrong_grouping_names_file_component_and_field(project: Path) -> None:
    topology = project / "topologies" / "wordcount.py"
    topology.write_text(topology.read_text().replace('fields("word")', 'fields("colour")'))
    ran = spindrift_run(project)
    assert ran.returncode == 2
    for named in ("wordcount.py", "component count_bolt", "'colour'", "fields word"):
        assert named in ran.stderr


def test_an_unknown_key_is_a_warning(project: Path) -> None:
    ran = spindrift_run(project, "-t", "0.2", "-o", "topology.max.spout.pendin=5")
    assert ran.returncode == 0
    assert "did you mean topology.max.spout.pending?" in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_and_it_says_what_it_did(number: int, project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command("--json", "-d"), cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline(), "running"
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "count_bolt" in components(output)
