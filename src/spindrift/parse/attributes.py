"""A bound on the attributes of one element, before libxml2 sees them.

libxml2 looks through all attributes of an element for each one that it adds: a tag of 900 kB with 100,000 of them takes
minutes. Tags are therefore cut after `MAX_ATTRIBUTES`; no page that means well comes near that.
"""

import re

from spindrift.parse.tokens import ATTRIBUTE, BEFORE_END, COMMENT, END_TAG, NAME, RAW, TAG_END, raw_start

UNCHECKED_LENGTH = 32_768
"""Bytes of a page that is too short for harm: its worst tag costs a fifth of a second."""
MAX_ATTRIBUTES = 128

_KEPT = rb"%s{0,%d}+" % (ATTRIBUTE, MAX_ATTRIBUTES)
# What has no overlong tag, from the start to the end.
_ORDINARY = re.compile(
    rb"(?:[^<]++|<(?![a-z/!?])|%(raw)s|<%(name)s%(kept)s%(end)s|%(end_tag)s|%(comment)s)*+"
    % {
        b"raw": b"|".join(
            rb"%s%s%s(?:/>|>%s|\Z)" % (raw_start(name), _KEPT, BEFORE_END, text) for name, text in RAW.items()
        ),
        b"name": NAME,
        b"kept": _KEPT,
        b"end": TAG_END,
        b"end_tag": END_TAG,
        b"comment": COMMENT,
    },
    re.IGNORECASE,
)
# The same, to cut what is overlong.
_TOKEN = re.compile(
    rb"%(comment)s|%(end_tag)s|%(raw)s|(?P<kept><%(name)s%(kept)s)%(attribute)s*+"
    % {
        b"comment": COMMENT,
        b"end_tag": END_TAG,
        b"raw": b"|".join(
            rb"(?P<%(name)s_kept>%(start)s%(kept)s)%(attribute)s*+(?P<%(name)s_text>%(before)s(?:/>|>%(text)s|\Z))"
            % {
                b"name": name,
                b"start": raw_start(name),
                b"kept": _KEPT,
                b"attribute": ATTRIBUTE,
                b"before": BEFORE_END,
                b"text": text,
            }
            for name, text in RAW.items()
        ),
        b"name": NAME,
        b"kept": _KEPT,
        b"attribute": ATTRIBUTE,
    },
    re.IGNORECASE,
)


def bound_attributes(content: bytes) -> bytes:
    """`content` (ASCII-compatible HTML) with overlong tags cut; the same object where there is none."""
    if len(content) <= UNCHECKED_LENGTH:
        return content
    ordinary = _ORDINARY.match(content)
    if ordinary is not None and ordinary.end() == len(content):
        return content
    return _TOKEN.sub(_cut, content)


def _cut(token: re.Match[bytes]) -> bytes:
    if token["kept"]:
        return token["kept"]
    name = (token.lastgroup or "").removesuffix("_text")
    return token[f"{name}_kept"] + token[f"{name}_text"] if name else token[0]
