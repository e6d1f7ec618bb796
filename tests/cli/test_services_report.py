"""What `spindrift services` prints of services."""

import json
from pathlib import Path

import pytest

from spindrift.cli.services_report import as_json, environment, print_environment, print_states
from spindrift.services.lasting import State
from spindrift.services.running import RunningService
from tests.cli.conftest import Run


def state(name: str, use: dict[str, str], silent: str | None = None) -> State:
    run = RunningService(name, name.title(), 7, 0.0, f"/state/{name}", "127.0.0.1:37389", use)
    return State(name, name.title(), run.home, run, silent)


STORM = state("storm", {"nimbus": "127.0.0.1:37389", "log.path": "/state/storm/logs"})
SEARCH = state("elasticsearch", {"store.url": "elasticsearch://127.0.0.1:37390/crawl"})


def test_an_environment_names_all_that_runs(tmp_path: Path) -> None:
    found = environment([STORM, SEARCH], tmp_path)
    assert found is not None
    assert found["nimbus"] == "127.0.0.1:37389"
    assert found["log"] == {"path": "/state/storm/logs"}
    assert found["virtualenv_root"] == str(tmp_path / "virtualenvs")
    assert found["options"]["store.url"] == "elasticsearch://127.0.0.1:37390/crawl"


def test_without_storm_there_is_no_environment_to_print(tmp_path: Path) -> None:
    assert environment([SEARCH], tmp_path) is None


def test_the_environment_is_ready_for_config_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    print_environment([STORM])
    head, _, section = capsys.readouterr().out.partition("\n")
    assert head == 'For config.json, among its "envs"; http.agent.name is to say who you are:'
    assert json.loads(f"{{{section}}}")["prod"]["nimbus"] == "127.0.0.1:37389"


def test_one_that_does_not_answer_is_not_shown_as_usable(capsys: pytest.CaptureFixture[str]) -> None:
    hung = state("elasticsearch", {}, "timed out")
    print_states([hung])
    assert "Elasticsearch runs, but does not answer at 127.0.0.1:37389: timed out" in capsys.readouterr().out
    told = as_json(hung)
    assert (told["running"], told["answers"], told["problem"]) == (True, False, "timed out")


def test_one_that_died_is_shown_with_its_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    print_states([State("kafka", "Kafka", str(tmp_path), None)])
    assert f"Kafka does not run; what it stored is kept in {tmp_path}: `up` goes on" in capsys.readouterr().out
    print_states([State("kafka", "Kafka", str(tmp_path / "none"), None)])
    assert capsys.readouterr().out == "Kafka does not run\n"


def test_each_action_has_a_help_of_its_own(spindrift: Run) -> None:
    assert "Only `down` removes" in " ".join(spindrift("services", "up", "--help").out.split())
    assert "remove all that they have stored" in spindrift("services", "down", "--help").out
    assert all("Exit code" in spindrift("services", each, "--help").out for each in ("up", "down", "status"))


def test_an_end_is_told_to_programs(spindrift: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    told = spindrift("services", "down", "kafka", "--json")
    assert json.loads(told.out) == [{"service": "kafka", "title": "Kafka 4.3.1", "ended": False, "removed": False}]
    assert "Kafka 4.3.1 did not run\n" in spindrift("services", "down", "kafka").err


def test_a_service_that_is_not_known_is_wrong_usage(spindrift: Run) -> None:
    refused = spindrift("services", "up", "elastic")
    assert (refused.code, "no such service: elastic" in refused.err) == (2, True)
