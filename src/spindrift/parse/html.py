"""HTML to a tree, by libxml2: fast, and bounded whatever it is fed."""

import re
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from spindrift.parse.attributes import bound_attributes
from spindrift.parse.charset import decode
from spindrift.parse.depth import bound_depth, is_too_deep
from spindrift.parse.names import FORGET_AFTER, forget_names

MAX_MARKUP = 3_000_000
"""Bytes of tags of a page that are read: a tree takes up to sixty times as much. Text beside them is cheap."""
_TAG = re.compile(rb"<[a-zA-Z/!?][^<>]*")
_STEP = 1 << 20
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What libxml2 reads as a text of HTML, and lxml lets nobody write as one."""
_MAX_DOCUMENTS = 1000
"""Documents in one page that are read: each is another `<html>` after a `</html>`."""


class HtmlParser:
    """Parses HTML into an lxml tree, for one thread at a time.

    Comments and processing instructions are left out. Broken markup is repaired as libxml2 sees fit. Elements deeper
    than MAX_DEPTH levels are put side by side; tags with more attributes than any page needs are cut, and so are pages
    with more than MAX_MARKUP of tags; nothing is ever fetched. `for_libraries`: the
    elements are lxml.html's, as libraries for extraction want them; that takes a little longer.
    """

    def __init__(self, *, for_libraries: bool = False) -> None:
        self._for_libraries = for_libraries
        self._parser = self._new_parser()
        self._read = 0

    def parse(self, content: bytes, charset: str) -> etree._Element:
        """The `html` element of `content`; an empty one where there is no element at all. Never raises."""
        content = bound_markup(bound_attributes(_as_utf8(content, charset)))
        self._read += len(content)
        if self._read > FORGET_AFTER and forget_names():
            self._read = 0
            self._parser = self._new_parser()
        root = self._tree(content)
        if root is not None and is_too_deep(root):
            root = self._tree(bound_depth(content))
        return etree.Element("html") if root is None else _gathered(root)

    def _new_parser(self) -> etree.HTMLParser:
        parser = etree.HTMLParser(
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            no_network=True,
            recover=True,
            # 256 levels and 10 MB an attribute would be the limits without; the fetcher limits the size of a page.
            huge_tree=True,
            collect_ids=False,
        )
        if self._for_libraries:
            parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
        return parser

    def _tree(self, content: bytes) -> etree._Element | None:
        try:
            return etree.fromstring(content, self._parser)
        except etree.LxmlError:
            return None


def bound_markup(content: bytes) -> bytes:
    """`content` (ASCII-compatible HTML) as far as its tags take MAX_MARKUP, to within a step of a megabyte."""
    if len(content) <= MAX_MARKUP:
        return content
    markup = 0
    for position in range(0, len(content), _STEP):
        step = content[position : position + _STEP]
        markup += len(step) - len(_TAG.sub(b"", step))
        if markup > MAX_MARKUP:
            return content[:position]
    return content


def _gathered(root: etree._Element) -> etree._Element:
    """One tree of all that was read: libxml2 puts what follows `</html>` into html elements beside the first."""
    siblings = list(islice(root.itersiblings("html"), _MAX_DOCUMENTS))
    if siblings:
        body = root.find("body")
        if body is None:
            body = etree.SubElement(root, "body")
        for part in [part for sibling in siblings for part in (sibling, *sibling.findall("body"))]:
            children = [child for child in part if child.tag != "body"]
            if part.text:
                # An element of its own: appending to the last one's tail again and again would be quadratic.
                etree.SubElement(body, "div").text = _UNWRITABLE.sub("", part.text)
            body.extend(children)
    return root


def _as_utf8(content: bytes, charset: str) -> bytes:
    """`content` in clean UTF-8. Nulls are dropped, as browsers do with those of text."""
    if charset == "utf-8":
        content = content.removeprefix(b"\xef\xbb\xbf")
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            content = content.decode("utf-8", "replace").encode()
    else:
        # utf-16 may decode to lone surrogates, which no tree can hold.
        content = decode(content, charset).encode("utf-8", "replace")
    return content.replace(b"\x00", b"") if b"\x00" in content else content
