"""A bound on how deep elements are nested, before libxml2 builds the tree.

Much takes time with every level of a page, for each of its elements: XPath, the order of nodes in a document, texts.
Browsers nest up to 512 levels. libxml2 knows a limit only where it ends the tree, at 2048, and loses the rest.
"""

import re
from collections import Counter

from lxml import etree

from spindrift.parse.tokens import ATTRIBUTE, BEFORE_END, COMMENT, END_TAG, NAME, RAW, raw_start

MAX_DEPTH = 512
"""Levels of a tree."""
_MAX_OPEN = MAX_DEPTH - 12
"""Those that a page's own tags make: libxml2 adds a few, `html`, `body`, paragraphs around text."""
# Next to no page goes beyond the first, which takes a third of the time.
_IS_DEEP = etree.XPath("boolean(" + "/*" * 33 + ")")
_IS_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")

# Elements with nothing in them, and those that are there once, whatever a page says.
_NO_LEVEL = frozenset(
    b"area base basefont bgsound br col command embed frame hr img input isindex keygen link meta param source track "
    b"wbr html head body".split()
)
# Another one right in such an element ends it.
_ENDED_BY_ITSELF = frozenset(b"a p li dt dd tr td th option optgroup".split())
_INLINE = frozenset(b"a b big code em font i s small span strike strong sub sup tt u".split())
_LESS_THAN = ord("<")
_TOKEN = re.compile(
    rb"%(comment)s|%(raw)s|<(?P<end>/?)(?P<name>%(name)s)%(attribute)s*+%(before)s(?:(?P<empty>/>)|>|\Z)"
    % {
        b"comment": COMMENT,
        b"raw": b"|".join(
            rb"%s%s*+%s(?:/>|>%s|\Z)(?:%s)?" % (raw_start(name), ATTRIBUTE, BEFORE_END, text, END_TAG)
            for name, text in RAW.items()
        ),
        b"name": NAME,
        b"attribute": ATTRIBUTE,
        b"before": BEFORE_END,
    },
    re.IGNORECASE,
)


def is_too_deep(root: etree._Element) -> bool:
    """Whether the tree of `root` has more than MAX_DEPTH levels."""
    return bool(_IS_DEEP(root)) and bool(_IS_TOO_DEEP(root))


def bound_depth(content: bytes) -> bytes:
    """`content` (ASCII-compatible HTML) with tags that make no more than MAX_DEPTH levels.

    What would be deeper loses its tags, except links, images and the like; no text is lost. For pages that are too
    deep only: elements that overlap are ended sooner than they would be otherwise.
    """
    written: list[bytes] = []
    write = written.append
    opened: list[bytes] = []
    number = Counter[bytes]()
    in_link = False  # that of a deep link is the one tag written that `opened` has beyond _MAX_OPEN
    position = 0
    for token in _TOKEN.finditer(content):
        name, is_end, empty = token.group("name", "end", "empty")
        if name is None or empty or (name := name.lower()) in _NO_LEVEL:
            continue
        start, end = token.span()
        write(content[position:start])
        if content[start - 1] == _LESS_THAN:
            write(b" ")  # nothing must come next to it: the two might be a tag
        position = end
        if is_end or (opened and opened[-1] == name and name in _ENDED_BY_ITSELF):
            top = None
            while top != name and number[name]:
                top = opened.pop()
                number[top] -= 1
                if len(opened) < _MAX_OPEN or (in_link and top == b"a"):
                    # Every element is ended by name, so that libxml2 has the same ones open.
                    write(b"</%s>" % top)
                    in_link = False
                elif top not in _INLINE:
                    write(b" ")
        if not is_end:
            opened.append(name)
            number[name] += 1
            if len(opened) <= _MAX_OPEN:
                write(token[0])
            elif name == b"a":
                write(b"</a>" + token[0] if in_link else token[0])
                in_link = True
            elif name not in _INLINE:
                write(b" ")
    write(content[position:])
    return b"".join(written)
