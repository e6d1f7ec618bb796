"""A bound on the attributes of one element, before libxml2 sees them.

libxml2 looks through all attributes of an element for each one that it adds: a tag of 900 kB with 100,000 of them takes
minutes. Tags are therefore cut after `MAX_ATTRIBUTES`; no page that means well comes near that.
"""

import re

from spindrift.parse.tokens import ATTRIBUTE, BEFORE_END, COMMENT, END_TAG, NAME, RAW, TAG_END, raw_start

SHORT_PAGE = 32_768
"""Bytes of a page that is looked at closely only where one of its tags may be longer than HARMLESS_TAG."""
HARMLESS_TAG = 2048
"""Bytes of a tag that is too short for harm: what fits in takes a millisecond."""
MAX_ATTRIBUTES = 128

# Only such a value hides from a search for the next `>` where its tag ends.
_HIDDEN_END = re.compile(rb"""=[\t\n\f\r ]*+(?:"[^">]*+>|'[^'>]*+>)""")
_BEFORE_VALUE = b"=\t\n\f\r "

_KEPT = rb"%s{0,%d}+" % (ATTRIBUTE, MAX_ATTRIBUTES)
# What has no overlong tag, from the start to the end. What there is most of comes first.
_ORDINARY = re.compile(
    rb"[^<]*+(?:(?:</%(name)s>|(?=<[a-z])(?:(?=<[%(initials)s])(?:%(raw)s)|<%(name)s%(kept)s%(end)s)"
    rb"|%(end_tag)s|%(comment)s|<(?![a-z/!?]))[^<]*+)*+"
    % {
        b"raw": b"|".join(
            rb"%s%s%s(?:/>|>%s|\Z)" % (raw_start(name), _KEPT, BEFORE_END, text) for name, text in RAW.items()
        ),
        b"initials": bytes({name[0] for name in RAW}),
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
    if len(content) <= SHORT_PAGE and not _may_have_long_tag(content):
        return content
    ordinary = _ORDINARY.match(content)
    if ordinary is not None and ordinary.end() == len(content):
        return content
    return _TOKEN.sub(_cut, content)


def _may_have_long_tag(content: bytes) -> bool:
    """Whether a tag is longer than HARMLESS_TAG, in a tenth of the time that a close look takes; True at times if not.

    Looks from one `">` to the last one that is near enough. Such a place is within a tag only where a value was begun
    right there, or with an apostrophe since the last place; so what lies between has to be looked at then only.
    """
    last_start = len(content) - HARMLESS_TAG
    position = 0
    while position < last_start:
        end = content.rfind(b'">', position, position + HARMLESS_TAG)
        if end < 0:
            end = content.find(b'">', position)
            end = len(content) if end < 0 else end + 2
            if _has_far_end(content, position, end) or _HIDDEN_END.search(content, position, end):
                return True
        else:
            doubtful = content[end - 1] in _BEFORE_VALUE or content.find(b"'", position, end) >= 0
            end += 2
            if doubtful and _HIDDEN_END.search(content, position, end):
                return True
        position = end
    return False


def _has_far_end(content: bytes, position: int, stop: int) -> bool:
    """Whether there is a `<` whose next `>` is farther than HARMLESS_TAG."""
    last_start = stop - HARMLESS_TAG
    while position < last_start:
        end = content.rfind(b">", position, position + HARMLESS_TAG)
        if end < 0:
            start = content.find(b"<", position, last_start)
            if start < 0:
                return False
            end = content.find(b">", start, start + HARMLESS_TAG)
            if end < 0:
                return True
        position = end + 1
    return False


def _cut(token: re.Match[bytes]) -> bytes:
    if token["kept"]:
        return token["kept"]
    name = (token.lastgroup or "").removesuffix("_text")
    return token[f"{name}_kept"] + token[f"{name}_text"] if name else token[0]
