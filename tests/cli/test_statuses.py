"""The URLs by status, on terminals of any width."""

import io
import re

import pytest
from rich.console import Console

from spindrift.cli.statuses import StatusBars

COUNTS = {"FETCHED": 1_280_345, "REDIRECTION": 128}


def drawn(width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, force_terminal=True, color_system=None).print(StatusBars(COUNTS, 36))
    return file.getvalue().splitlines()


def test_bars_are_as_long_as_there_is_room() -> None:
    assert drawn(80)[1] == "FETCHED     1,280,345 " + "█" * 36
    assert drawn(40)[1].rstrip("▏▎▍▌▋▊▉█") == "FETCHED     1,280,345 "
    assert drawn(21)[1] == "FETCHED     1,280,345"


@pytest.mark.parametrize("width", [5, 12, 19, 20, 21, 22, 26, 40, 80])
def test_no_number_is_cut_and_no_line_too_long(width: int) -> None:
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    text = re.sub(r"[^A-Z_0-9,]", "", "".join(lines))
    assert text == "DISCOVERED0FETCHED1,280,345FETCH_ERROR0REDIRECTION128ERROR0"
