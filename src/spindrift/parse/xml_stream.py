"""Reads large XML element by element, however broken or hostile it is: no tree grows, no entity is expanded.

lxml's pull parser, which recovers from mistakes, over text that was repaired before (`xml_text`). What an attacker
can make large is bounded: the bytes that are read, the depth (libxml2: 256), the size of one element, the mistakes.
"""

import string
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from lxml import etree

from spindrift.parse.names import forget_names, names_kept
from spindrift.parse.xml_text import clean_xml
from spindrift.protocol.decoding import BodyCollector, UndecodableError

MAX_ELEMENT_BYTES: Final = 2 * 1024 * 1024
"""Bytes from the end of one element to that of the next; its tree may take sixty times as much."""
MAX_MISTAKES: Final = 500
_PIECE: Final = 32 * 1024
_GZIP: Final = b"\x1f\x8b"
_SPACE: Final = (
    string.whitespace + "\x85\xa0\u200b\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
)
"""What is white space to whoever writes a sitemap, zero-width space and byte order mark included."""


def is_gzip(content: bytes) -> bool:
    """Whether `content` is compressed with gzip (as a file, beyond any Content-Encoding)."""
    return content.startswith(_GZIP)


def plain_pieces(content: bytes, limit: int | None, problems: list[str]) -> Iterator[bytes]:
    """`content` in pieces, unpacked where it is gzip, as far as `limit` bytes go (None: all).

    Where it is cut off or cannot be unpacked to its end, `problems` gets a sentence about it.
    """
    size = 0
    try:
        for piece in _unpacked(content, problems) if is_gzip(content) else (content,):
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                if limit is not None and size + len(part) > limit:
                    yield part[: limit - size]
                    problems.append(f"longer than {limit} bytes; the rest was not read")
                    return
                size += len(part)
                yield part
    except UndecodableError as error:
        problems.append(f"gzip is broken after {size} bytes ({error}); the rest could not be read")


def _unpacked(content: bytes, problems: list[str]) -> Iterator[bytes]:
    body = BodyCollector(["gzip"], None)
    yield from body.decode(content)
    if not body.is_complete():
        problems.append("gzip is cut off; the rest could not be read")


class XmlElements:
    """Iterates over the elements of the local names `wanted`, each with all that is in it, when it has ended.

    An element may be looked at until the next one is asked for. `root` is the local name of the document's element,
    from the first element on. `problems` gets a sentence for whatever kept the document from being read as a whole.
    An element that the document breaks off in comes, too, where a child named `complete_with` had ended in it.
    """

    def __init__(self, wanted: Sequence[str], problems: list[str], complete_with: str = "") -> None:
        self._wanted = frozenset(wanted)
        self._complete_with = complete_with
        self._problems = problems
        self._completing: etree._Element | None = None
        self._since_last = 0
        self.root = ""

    def read(self, pieces: Iterable[bytes], content_type: str | None = None) -> Iterator[etree._Element]:
        """The elements of the document in `pieces`. Never raises."""
        forget_names()
        with names_kept():
            yield from self._read(pieces, content_type)

    def _read(self, pieces: Iterable[bytes], content_type: str | None) -> Iterator[etree._Element]:
        parser = self._parser()
        for piece in clean_xml(self._counted(_without_leading_space(pieces)), content_type):
            if piece:
                parser.feed(piece)
                yield from self._ended(parser)
            if self._is_hopeless(parser):
                break
        try:
            root = parser.close()
        except etree.XMLSyntaxError:
            root = None
        if root is not None:
            self.root = self.root or local_name(root)
        if not _breaks_off(parser):  # else the elements that end now are those that did not
            yield from self._ended(parser)
        if (error := _first_mistake(parser)) is not None:
            self._problems.append(error)
        # Elements that were given out are free of their children.
        parent = None if self._completing is None else self._completing.getparent()
        if parent is not None and local_name(parent) in self._wanted:
            yield parent

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._since_last += len(piece)
            yield piece

    def _parser(self) -> "etree.XMLPullParser":
        names = [*self._wanted, self._complete_with] if self._complete_with else [*self._wanted]
        return etree.XMLPullParser(
            ("end",),
            tag=[f"{{*}}{name}" for name in names],
            encoding="utf-8",
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )

    def _ended(self, parser: "etree.XMLPullParser") -> Iterator[etree._Element]:
        for _event, value in parser.read_events():
            element = cast("etree._Element", value)
            name = local_name(element)
            if name == self._complete_with:
                self._completing = element
            if name not in self._wanted:
                continue
            if not self.root:
                self.root = local_name(element.getroottree().getroot())
            self._since_last = 0
            parent = element.getparent()
            if parent is not None and local_name(parent) == self._complete_with:
                continue  # `<loc><url>...</url></loc>`: its text belongs to what is around it
            yield element
            _let_go(element)

    def _is_hopeless(self, parser: "etree.XMLPullParser") -> bool:
        if self._since_last > MAX_ELEMENT_BYTES:
            self._problems.append(f"{MAX_ELEMENT_BYTES} bytes without an entry; the rest was not read")
            return True
        if len(parser.feed_error_log) > MAX_MISTAKES:
            self._problems.append(f"more than {MAX_MISTAKES} mistakes in the XML; the rest was not read")
            return True
        return False


def local_name(element: etree._Element) -> str:
    """The name without namespace, or undeclared prefix, of an element; "" for a comment and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def text_of(element: etree._Element) -> str:
    """All text in an element, white space around it removed."""
    text = "".join(element.itertext()) if len(element) else element.text or ""  # type: ignore[arg-type]
    return text.strip(_SPACE)


def _let_go(element: etree._Element) -> None:
    """Free an element and what was before it, unless that belongs to an element of the same kind that is still open."""
    element.clear()
    parent = element.getparent()
    if parent is not None and parent.tag != element.tag:
        while element.getprevious() is not None:
            del parent[0]


def _without_leading_space(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The XML declaration has to come first, which many servers do not know."""
    begun = False
    for piece in pieces:
        if not begun and not piece.startswith((b"\xff\xfe", b"\xfe\xff")):
            piece = piece.removeprefix(b"\xef\xbb\xbf").lstrip()
        begun = begun or bool(piece)
        yield piece


def _breaks_off(parser: "etree.XMLPullParser") -> bool:
    return any(entry.type == etree.ErrorTypes.ERR_TAG_NOT_FINISHED for entry in parser.feed_error_log)


def _first_mistake(parser: "etree.XMLPullParser") -> str | None:
    for entry in parser.feed_error_log:
        if entry.level_name != "WARNING" and entry.domain_name != "NAMESPACE":
            return f"line {entry.line}: {entry.message}"
    return None
