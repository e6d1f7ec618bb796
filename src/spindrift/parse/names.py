"""Lets libxml2 forget the names of elements and attributes that it has read.

It keeps each that it ever saw in a dictionary, which lxml shares between all parsers of a thread and never empties:
pages that are full of names of their own would fill the memory in the course of a crawl.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lxml import etree

FORGET_AFTER: Final = 4_000_000
"""Bytes that are read between; names take up to three times their bytes."""
_KEY: Final = "_ParserDictionaryContext"
"""What lxml (up to 6; since 7, each parser has its own dictionary) has the dictionary of a thread under."""

_thread_state = ctypes.pythonapi.PyThreadState_GetDict
_thread_state.argtypes = ()
_thread_state.restype = ctypes.c_void_p  # it is borrowed, which ctypes knows of no object


class _Here(threading.local):
    def __init__(self) -> None:
        self.unfinished = set[object]()


_here = _Here()


def forget_names() -> bool:
    """Give the calling thread a new dictionary, for the parsers that are made from now on; whether that can be now.

    The old dictionary goes with the last tree and parser that use it.
    """
    if _here.unfinished or (state := _thread_state()) is None:
        return False
    ctypes.cast(state, ctypes.py_object).value.pop(_KEY, None)
    # The next parser to begin would bring its dictionary along, which may be the old one.
    etree.Element("html")
    return True


@contextmanager
def names_kept() -> Iterator[None]:
    """While a document is read in pieces: lxml has the thread's dictionary at its end for that of its beginning."""
    unfinished, document = _here.unfinished, object()
    unfinished.add(document)
    try:
        yield
    finally:  # which may be in another thread: that of the collector of garbage
        unfinished.discard(document)
