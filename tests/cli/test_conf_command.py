"""`spindrift conf` tells everything about configuration keys."""

import json
from pathlib import Path

import pytest

from spindrift.conf import KEYS
from tests.cli.conftest import Run


def test_every_key_is_listed(spindrift: Run) -> None:
    listed = json.loads(spindrift("conf", "--json").out)
    assert {name for name, key in KEYS.items() if not key.internal} <= {entry["name"] for entry in listed}
    assert all(entry["meaning"] and entry["type"] and entry["group"] for entry in listed)


def test_durations_are_shown_with_their_unit(spindrift: Run) -> None:
    (entry,) = json.loads(spindrift("conf", "fetcher.backoff.max", "--json").out)
    assert (entry["default"], entry["value"], entry["origin"]) == ("1d", "1d", "default")
    assert "fetchInterval.error = -1" in spindrift("conf", "fetchInterval").out


def test_values_in_effect_and_where_they_come_from(spindrift: Run, tmp_path: Path) -> None:
    options = {"fetcher.server.delay": "3s", "fetcher.threads.number": 7}
    (tmp_path / "config.json").write_text(json.dumps({"envs": {"prod": {"options": options}}}))
    outcome = spindrift("conf", "--changed", "--json", "-o", "fetcher.server.delay=5")
    entries = {entry["name"]: entry for entry in json.loads(outcome.out)}
    assert (entries["fetcher.server.delay"]["value"], entries["fetcher.server.delay"]["origin"]) == ("5s", "-o")
    assert entries["fetcher.threads.number"]["value"] == 7
    assert "config.json, envs/prod" in entries["fetcher.threads.number"]["origin"]
    assert "robots.cache.spec" not in entries


def test_what_the_command_line_sets_for_itself_is_not_listed(spindrift: Run, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    outcome = spindrift("conf", "--changed")
    assert (outcome.code, outcome.out) == (0, "")
    assert "spindrift.project.dir" not in spindrift("conf").out


def test_environments_that_differ_are_said_and_the_rest_is_listed(spindrift: Run, tmp_path: Path) -> None:
    environments = {
        name: {"options": {"fetcher.server.delay": delay, "http.agent.name": "me", "mine": delay}}
        for name, delay in (("prod", 1), ("test", 2))
    }
    (tmp_path / "config.json").write_text(json.dumps({"envs": environments}))
    outcome = spindrift("conf", "--changed")
    assert "http.agent.name = me" in outcome.out
    assert "the environments differ in fetcher.server.delay; choose one with -e" in outcome.err
    assert spindrift("conf", "http.agent.name").err == ""
    assert spindrift("conf", "--changed", "-e", "prod").err == ""


def test_one_key_in_full(spindrift: Run) -> None:
    out = spindrift("conf", "fetcher.max.crawl.delay.force").out
    assert "one of false, true, slow" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["conf", "fetcher.server.dely"], 'did you mean "fetcher.server.delay"?'),
        (["conf", "-o", "fetcher.server.delay=soon"], "'soon' is not right"),
        (["conf", "-e", "nowhere"], "-e nowhere: there is no config.json here"),
        (["conf", "-c", "none.json"], "none.json: cannot read"),
    ],
)
def test_mistakes_are_told_and_exit_with_2(spindrift: Run, arguments: list[str], message: str) -> None:
    outcome = spindrift(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_a_mistyped_part_of_a_name_is_recognized(spindrift: Run) -> None:
    outcome = spindrift("conf", "fetchr")
    assert outcome.code == 2
    assert 'did you mean "fetcher"?' in outcome.err


def test_keys_by_a_pattern(spindrift: Run) -> None:
    def names(*arguments: str) -> list[str]:
        return [entry["name"] for entry in json.loads(spindrift("conf", "--json", *arguments).out)]

    assert all(name.startswith("sitemap.") for name in names("Sitemap.*"))
    assert len(names("sitemap.*")) == sum(name.startswith("sitemap.") for name in KEYS) < len(names("sitemap"))
    assert names("fetcher.server.dela?") == ["fetcher.server.delay"]
    assert spindrift("conf", "nothing.*").code == 2


def test_credentials_in_headers_are_not_shown(spindrift: Run) -> None:
    given = ("-o", "http.custom.headers=X-A=1,Authorization=Basic c2VjcmV0")
    for outcome in (spindrift("conf", "http.custom.headers", *given), spindrift("conf", "--json", "--changed", *given)):
        assert "X-A=1,Authorization=***" in outcome.out
        assert "c2VjcmV0" not in outcome.out


def test_a_secret_that_is_not_set_is_none(spindrift: Run) -> None:
    for key in ("broker.kafka.sasl.password", "store.search.password"):
        assert "(none)" in spindrift("conf", key).out
        shown = spindrift("conf", key, "-o", f"{key}=sesame").out
        assert ("***" in shown, "sesame" in shown) == (True, False)


@pytest.mark.parametrize("key", ["store.url", "broker.url"])
def test_the_password_in_the_url_of_a_server_is_not_shown(spindrift: Run, key: str) -> None:
    given = ("-o", f"{key}=elasticsearch://me:s3cr3t@h/x?tls=true&password=s3cr3t")
    for arguments in (("conf", key), ("conf",), ("conf", "--json", "--changed")):
        outcome = spindrift(*arguments, *given)
        assert "elasticsearch://…@h/x?tls=true&password=…" in outcome.out.replace("\\u2026", "…")
        assert "s3cr3t" not in outcome.out + outcome.err
