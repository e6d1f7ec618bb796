"""From the bytes of a robots.txt to its text: tolerant, since sites send what they like."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# RFC 9309 knows these three ends of a line; str.splitlines has nine more, which would tear rules and comments apart.
_LINE_END = re.compile(r"\r\n|\r|\n")


def decode_robots(body: bytes) -> str:
    """The text of a robots.txt: by its byte order mark, else UTF-8; lines that are not UTF-8 are read as Latin-1."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(_decode_line(line) for line in body.split(b"\n"))


def whole_lines(body: bytes) -> bytes:
    """`body` up to the end of its last complete line: half a rule may say the opposite of the whole one."""
    return body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]


def split_lines(text: str) -> list[str]:
    """The lines of a robots.txt, without their ends; none contains a character that Python takes for a line's end."""
    return [line if line.isprintable() else " ".join(line.splitlines()) for line in _LINE_END.split(text)]


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
