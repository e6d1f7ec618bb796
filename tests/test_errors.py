"""Errors that are not errors."""

import signal
import threading

from spindrift.errors import is_interrupt


def test_a_keyboard_interrupt_is_ctrl_c_where_that_raises_one() -> None:
    assert is_interrupt(KeyboardInterrupt())
    assert not is_interrupt(SystemExit())


def test_it_is_an_error_of_who_raises_it_in_other_threads_and_where_the_signal_is_not_python_s() -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(is_interrupt(KeyboardInterrupt())))
    thread.start()
    thread.join()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        found.append(is_interrupt(KeyboardInterrupt()))
    finally:
        signal.signal(signal.SIGINT, before)
    assert found == [False, False]
