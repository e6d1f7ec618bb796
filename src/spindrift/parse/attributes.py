"""A bound on the attributes of one element, before libxml2 sees them.

libxml2 looks through all attributes of an element for each one that it adds: a tag of 900 kB with 100,000 of them takes
minutes. Tags are therefore cut after `MAX_PIECES`; no page that means well comes near that.
"""

import re

UNCHECKED_LENGTH = 32_768
"""Bytes of a page that is too short for harm: its worst tag costs a fifth of a second."""
MAX_PIECES = 128
"""Pieces of a tag that are kept: each is a quoted value, or 32 bytes of anything else."""

# A quote opens a value after an equals sign only: elsewhere (`<a href="x"">`) it is part of a name.
_PIECE = rb"""(?:[^>=]{1,32}+|=\s*+"[^"]*+(?:"|\Z)|=\s*+'[^']*+(?:'|\Z)|=)"""
_KEPT = rb"%s{0,%d}+" % (_PIECE, MAX_PIECES)
_RAW = (b"script", b"style", b"textarea", b"title", b"xmp")
# What has no overlong tag, from the start to the end. Possessive throughout, so that each byte is looked at once,
# whatever the page is made of; without groups that capture, which Python's possessive repeats get wrong.
_ORDINARY = re.compile(
    rb"(?:[^<]++|<(?![a-z]|!--)|<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)%(raw)s|<[a-z]%(kept)s(?!%(piece)s))*+"
    % {
        b"raw": b"".join(
            rb"|<%s(?=[\s/>])%s(?!%s)(?:>(?:[^<]++|<(?!/%s))*+|\Z)" % (name, _KEPT, _PIECE, name) for name in _RAW
        ),
        b"kept": _KEPT,
        b"piece": _PIECE,
    },
    re.IGNORECASE,
)
# The same, to cut what is overlong.
_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|(?P<raw_kept><(?P<raw>%(raw)s)(?=[\s/>])%(kept)s)%(piece)s*+"
    rb"(?P<raw_text>>.*?(?:(?=</(?P=raw))|\Z)|\Z)"
    rb"|(?P<kept><[a-z]%(kept)s)%(piece)s*+" % {b"kept": _KEPT, b"piece": _PIECE, b"raw": b"|".join(_RAW)},
    re.IGNORECASE | re.DOTALL,
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
    if token["raw"] is not None:
        return token["raw_kept"] + token["raw_text"]
    return token["kept"] or token[0]
