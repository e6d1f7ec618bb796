"""Whether the metadata of a seed that says how it is asked for can be understood.

Those who read it take what they do not understand for nothing, as a page that is on its way must not stop for it. Of a
seed, which somebody has just written, it can be told.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NoReturn

from spindrift import metadata_keys as keys
from spindrift.conf import Key, Kind
from spindrift.metadata import Metadata
from spindrift.protocol import set_headers

_LONGEST_SHOWN: Final = 80


def mistakes(metadata: Metadata) -> Iterator[str]:
    """Of each value that is not right: its key, the value, and what is right."""
    for key, check in ((key, _CHECKS[key]) for key in metadata if key in _CHECKS):
        for value in metadata[key]:
            if expected := check(value):
                shown = set_headers.name_alone(value) if key == "set-header" else value
                yield f"{key}: {_cut(shown)!r} is not right; expected {expected}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


# Each returns what is expected where a value is something else.


def _form(form: str, expected: str, value: str) -> str | None:
    return None if re.fullmatch(form, value) else expected


def _delay(value: str) -> str | None:
    try:
        Key("", Kind.DURATION, None, "", unit="s", minimum=0).parse(value)
    except ValueError as error:
        return str(error)
    return None


def _header(value: str) -> str | None:
    return None if set_headers.of_url(value) else set_headers.EXPECTED_OF_URL


def _line(value: str) -> str | None:
    return None if value.isprintable() else "a line without control characters"


def _json(value: str) -> str | None:
    try:
        # Numbers stay texts: one of many digits is JSON, too.
        json.loads(value, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return f"JSON ({error})"
    return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_flag = partial(_form, "(?i:true|false)", "true or false")

_CHECKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    keys.POST_JSON: _json,
    "http.accept": _line,
    "http.accept.language": _line,
    "http.content.limit": partial(_form, r"\s*(-1|[0-9]{1,15})", "whole number of bytes, at least 0, or -1 for none"),
    "http.method.head": _flag,
    "http.proxy.skip": _flag,
    "set-header": _header,
    "crawl.delay": _delay,
    "crawl.min.delay": _delay,
    "max.threads.queue": partial(_form, r"(?!0+\Z)[0-9]{1,4}", "whole number from 1 to 9999"),
    "max.retry.times": partial(_form, "[0-9]{1,4}", "whole number from 0 to 9999"),
    "dont_retry": _flag,
    "sitemap.discovery": _flag,
}
