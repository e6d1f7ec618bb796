"""Which filter is at work, told to another process."""

import os
from collections.abc import Callable

import pytest

from spindrift.filtering import at_work
from spindrift.filtering.at_work import AtWork, made, noted

URL = "http://a.example/ü"


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> AtWork:
    monkeypatch.setattr(at_work, "_noted", None)
    found = AtWork()
    found.note_from_here()
    return found


def asked(noting: AtWork, ask: Callable[[], object]) -> list[object]:
    """What `ask` says while a filter is called twice, and after each call."""
    said: list[object] = []
    call = noted("URL filter x", lambda *_given: said.append(ask()))
    for _ in range(2):
        call(None, {}, URL)
        said.append(ask())
    return said


def test_a_filter_is_said_with_its_url_while_it_is_called(noting: AtWork) -> None:
    assert asked(noting, noting.said) == [f"{URL}: URL filter x", None] * 2


def test_so_it_is_where_it_raises(noting: AtWork) -> None:
    def fails(_url: str) -> None:
        raise OSError

    with pytest.raises(OSError):
        noted("x", fails)(URL)
    assert noting.said() is None


def test_another_call_is_not_the_same_that_lasts(noting: AtWork) -> None:
    assert asked(noting, noting.is_still_called) == [False] * 4
    assert (
        asked(noting, lambda: (noting.is_still_called(), noting.is_still_called()))
        == [
            (False, True),
            (False, False),
        ]
        * 2
    )


def test_a_filter_that_is_made_may_take_its_time(noting: AtWork) -> None:
    with made("URL filter x"):
        assert (noting.said(), noting.is_made()) == ("making URL filter x", True)
        assert [noting.is_still_called() for _ in range(2)] == [False, False]
    assert (noting.said(), noting.is_made()) == (None, False)


def test_what_is_long_or_odd_is_said_as_far_as_there_is_room(noting: AtWork) -> None:
    said: list[str | None] = []
    noted("\U0001f30a\0" * 2000, lambda _url: said.append(noting.said()))("\U0001f30a\ud800" * 2000)
    assert said == ["\U0001f30a?" * 500 + ": " + "\U0001f30a " * 500]


def test_what_a_child_process_notes_is_said_by_its_parent() -> None:
    found = AtWork()
    child = os.fork()
    if child == 0:
        found.note_from_here()
        noted("x", lambda _url: os._exit(0))(URL)
    os.waitpid(child, 0)
    assert found.said() == f"{URL}: x"


def test_where_nobody_looks_a_call_is_as_it_is() -> None:
    assert noted("x", len) is len
