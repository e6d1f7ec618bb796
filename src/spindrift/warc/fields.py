"""Metadata as archives keep it: records of `name: value` lines."""

from spindrift import metadata_keys as names
from spindrift.metadata import Metadata

CONTENT_TYPE = "application/warc-fields"
OUTCOME = (names.FETCH_EXCEPTION, names.ERROR_CAUSE, names.ERROR_MESSAGE, names.POSTPONED_UNTIL)
"""What is always written of a URL that got no answer, and tells such a record from others."""
ASIDE = (names.FOR_ROBOTS_TXT, names.ASKED_AGAIN)
"""What is always written of an answer of which nothing came."""


def format_fields(fields: Metadata) -> bytes:
    """A line for each value that is not blank; line ends in values become blanks."""
    pairs = ((name, value) for name, values in fields.items() for value in values if value and not value.isspace())
    return "".join(f"{name}: {one_line(value)}\r\n" for name, value in pairs).encode("utf-8", "replace")


def parse_fields(block: bytes) -> Metadata:
    """The lines that are fields, their values by name."""
    fields: Metadata = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(": ")
        if colon and name:
            fields.setdefault(name, []).append(value)
    return fields


def one_line(text: str) -> str:
    """`text` without line ends, which no header can hold."""
    return text.replace("\r", " ").replace("\n", " ")
