"""`spindrift robots`: JSON lines in, JSON lines out."""

import base64
import io
import json
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from spindrift.cli.robots import answer_lines, robots

app = typer.Typer()
app.command()(robots)

RULES = "User-agent: *\nDisallow: /private\nCrawl-delay: 2\n\nUser-agent: friend\nDisallow:\nSitemap: /s.xml"


def answers(*lines: bytes | str | dict[str, Any]) -> list[dict[str, Any]]:
    out = io.StringIO()
    answer_lines([line if isinstance(line, bytes) else encoded(line) for line in lines], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def encoded(line: str | dict[str, Any]) -> bytes:
    return (line if isinstance(line, str) else json.dumps(line)).encode() + b"\n"


def question(path: str = "/private", **more: Any) -> dict[str, Any]:
    return {"robots": RULES, "agent": "me", "url": f"https://a.example{path}"} | more


def test_each_line_is_answered_by_one() -> None:
    assert answers(question(), question("/open")) == [
        {
            "url": f"https://a.example{path}",
            "allowed": allowed,
            "crawl_delay": 2.0,
            "sitemaps": ["https://a.example/s.xml"],
        }
        for path, allowed in (("/private", False), ("/open", True))
    ]


def test_of_several_agents_the_first_that_has_a_group_decides() -> None:
    line = question()
    del line["agent"]
    asked = [line | {"agents": agents} for agents in (["me", "friend"], ["me"], [])]
    assert [(answer["allowed"], answer["crawl_delay"]) for answer in answers(*asked)] == [
        (True, None),
        (False, 2.0),
        (False, 2.0),
    ]


def test_the_file_may_be_given_as_bytes() -> None:
    line = question(robots_b64=base64.b64encode(RULES.encode("utf-16")).decode())
    del line["robots"]
    assert answers(line)[0]["allowed"] is False


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        (b"\xff\xfe\xfd\n", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[1]", "not a JSON object but list"),
        ({"robots": "", "agent": "me"}, '"url" must be a text'),
        ({"robots": "", "url": "https://a.example/"}, '"agent"'),
        ({"robots": "", "agents": ["me", 1], "url": "https://a.example/"}, '"agents"'),
        ({"agent": "me", "url": "https://a.example/"}, '"robots"'),
        ({"robots_b64": "!", "agent": "me", "url": "https://a.example/"}, "not base64"),
        ({"robots": 1, "agent": "me", "url": "https://a.example/"}, '"robots"'),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_by_what_is_wrong_with_it(line: Any, problem: str) -> None:
    before, bad, after = answers(question(), line, question("/open"))
    assert bad["error"].startswith("line 2: ")
    assert problem in bad["error"]
    assert (before["allowed"], after["allowed"]) == (False, True)


def test_blank_lines_are_passed_over_and_counted() -> None:
    assert [answer.get("error", "")[:7] for answer in answers("", question(), "  ", "{")] == ["", "line 4:"]


def test_a_url_that_is_text_but_no_text_is_survived() -> None:
    assert answers(question("/\ud800"))[0]["allowed"] is True


def test_the_exit_code_tells_whether_every_line_was_good() -> None:
    good = json.dumps(question()) + "\n"
    assert CliRunner().invoke(app, input=good).exit_code == 0
    bad = CliRunner().invoke(app, input=good + "{\n" + good)
    assert bad.exit_code == 1
    assert len(bad.stdout.splitlines()) == 3


def test_its_help_shows_an_example() -> None:
    assert "Disallow: /x" in CliRunner().invoke(app, ["--help"]).stdout


def test_a_program_that_feeds_it_line_by_line_gets_each_answer_at_once() -> None:
    command = [sys.executable, "-c", "from spindrift.cli.robots import robots; robots()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for path, allowed in (("/private", False), ("/open", True)):
            process.stdin.write(encoded(question(path)))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["allowed"] is allowed
        process.stdin.close()
        assert process.wait() == 0
