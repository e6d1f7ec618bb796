"""No collection sets in while something is measured."""

import gc
import threading

from spindrift.parse.uncollected import uncollected


def test_the_collector_is_away_and_comes_back() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_away_while_another_thread_measures() -> None:
    measures, may_end = threading.Event(), threading.Event()

    def measure() -> None:
        with uncollected():
            measures.set()
            may_end.wait()

    other = threading.Thread(target=measure)
    other.start()
    measures.wait()
    with uncollected():
        pass
    assert not gc.isenabled()
    may_end.set()
    other.join()
    assert gc.isenabled()


def test_who_had_none_has_none_afterwards() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
