"""Which line of robots.txt decides."""

import pytest

from spindrift.explain.robots_line import deciding_line

ROBOTS = b"""# greetings
User-agent: other
Disallow: /

User-agent: *
Disallow: /private   # no
Allow: /private/open
Disallow: /*.gif$
Disallow:
"""


@pytest.mark.parametrize(
    ("path", "number", "text"),
    [
        ("/private/x", 6, "Disallow: /private"),
        ("/private/open/x", 7, "Allow: /private/open"),
        ("/a.gif", 8, "Disallow: /*.gif$"),
    ],
)
def test_the_longest_that_matches(path: str, number: int, text: str) -> None:
    assert deciding_line(ROBOTS, ["mine"], f"http://a.example{path}") == (number, text)


def test_none_where_no_rule_speaks_of_the_url() -> None:
    assert deciding_line(ROBOTS, ["mine"], "http://a.example/news") is None


def test_of_the_group_that_speaks_to_the_crawler() -> None:
    assert deciding_line(ROBOTS, ["other"], "http://a.example/news") == (3, "Disallow: /")


def test_line_numbers_survive_groups_that_are_left_out() -> None:
    others = b"".join(b"User-agent: bot%d\nDisallow: /a\nDisallow: /b\n\n" % n for n in range(5))
    assert deciding_line(others + b"User-agent: mine\nDisallow: /x", ["mine"], "http://a.example/x") == (
        22,
        "Disallow: /x",
    )
