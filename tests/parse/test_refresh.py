"""Meta refresh, as browsers read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.parse.refresh import parse_refresh


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0;url=http://a.example/", (0, "http://a.example/")),
        ("0;URL='http://a.example/'", (0, "http://a.example/")),
        ('5; url = "/there" ignored', (5, "/there")),
        ("0; url='/it's", (0, "/it")),
        ("0 /there", (0, "/there")),
        ("0,url=/there", (0, "/there")),
        (" 3.7 ; Url=/there ", (3, "/there")),
        (".5;/there", (0, "/there")),
        ("0;url=/a?url=/b;c", (0, "/a?url=/b;c")),
        ("0;urls", (0, "urls")),
        ("30", (30, "")),
        ("30;", (30, "")),
        ("99999999999999;/x", (999999999, "/x")),
    ],
)
def test_what_a_refresh_asks_for(content: str, expected: tuple[float, str]) -> None:
    assert parse_refresh(content) == expected


@pytest.mark.parametrize(
    "content", ["", "   ", "url=/there", "soon;url=/there", "-1;url=/there", "5x;url=/there", "٣;url=/x"]
)
def test_what_is_no_refresh(content: str) -> None:
    assert parse_refresh(content) is None


def test_a_value_without_end_is_no_refresh() -> None:
    assert parse_refresh("0;url=" + "x" * 100_000) is None


@given(st.text())
def test_any_text_may_be_tried(content: str) -> None:
    refresh = parse_refresh(content)
    assert refresh is None or refresh.delay >= 0
