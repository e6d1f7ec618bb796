"""The charset of an HTML page: byte order mark, HTTP header, meta element, statistics.

The rule, in order:
1. A byte order mark decides (WHATWG).
2. Where the header and the meta element agree, they are believed.
3. Where either of them says UTF-8, or only one of them (or none) says something, the bytes are asked: valid UTF-8 with
   non-ASCII characters is UTF-8, whatever a server's default header claims, since text of other charsets is hardly
   ever valid UTF-8. Bytes that are mostly no UTF-8 are not UTF-8, whatever is declared.
4. The header wins over the meta element, which wins over statistics. UTF-8 where nothing is known.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

DEFAULT_CHARSET = "utf-8"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))

# Names that Python spells differently from the WHATWG, and codecs of browsers that are supersets of what is declared.
_NAMES = {
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "gbk": "gb18030",
    "euc_kr": "euc-kr",
    "euc_jp": "euc-jp",
    "mac-roman": "macintosh",
    "iso8859-11": "windows-874",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso2022_jp": "iso-2022-jp",
}
_CODECS = {
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
}

# What the statistics say, and what it is on the web: pages in a Mac's Cyrillic charset are practically unheard of.
_GUESSES = {"cp949": "euc-kr", "mac-cyrillic": "windows-1251"}

_HEADER_CHARSET = re.compile(r""";\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"']+))\s*(?=;|$)""", re.IGNORECASE)
_QUOTED_PARAMETER = re.compile(r""";\s*(?!charset\b)[\w-]+\s*=\s*"[^"]*\"""", re.IGNORECASE)
# Bounded, since a page may consist of `<meta "`.
_COMMENT_META_OR_BODY = re.compile(
    rb"""<!--.*?-->|<meta((?:[\s/]|"[^"]{0,1000}"|'[^']{0,1000}'|[^\s"'>/]){1,1000})>|<body[\s>]|<\?xml([^>]{1,200})\?>""",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_CONTENT_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s;"',]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]+)["']""")
_BEYOND_ASCII = re.compile(rb"[\x00\x1b]")
_CHARSET_HINT = re.compile(rb"charset|encoding", re.IGNORECASE)


def find_charset(content: bytes, content_type: str | None = None, max_length: int | None = None) -> str:
    """The name (lower case, WHATWG's) of the charset that `content` is to be read in; `decode` knows all of them.

    `content_type`: the header's value. `max_length`: bytes that are looked at for declarations and statistics,
    None for all, 0 to believe the header alone.
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    from_header = charset_of_content_type(content_type)
    if max_length == 0:
        return from_header or DEFAULT_CHARSET
    looks_utf8 = _looks_utf8(content)
    if from_header == DEFAULT_CHARSET and looks_utf8 is not False:
        return DEFAULT_CHARSET
    sample = content if max_length is None else content[:max_length]
    from_meta = charset_of_meta(sample)
    pair = (from_header, from_meta)
    declared = from_header or from_meta
    if declared and (
        from_header == from_meta or (from_header and from_meta and "utf-8" not in (from_header, from_meta))
    ):
        return declared
    if looks_utf8:
        return DEFAULT_CHARSET
    others = [name for name in pair if name and not (name == "utf-8" and looks_utf8 is False)]
    if others:
        return others[0]
    # ISO-2022-JP hides behind escapes, UTF-16 behind nulls; other ASCII is just that.
    if looks_utf8 is None and not _BEYOND_ASCII.search(sample):
        return DEFAULT_CHARSET
    return charset_of_bytes(sample)


def decode(content: bytes, charset: str) -> str:
    """`content` as text, without its byte order mark. What cannot be read becomes U+FFFD.

    `charset`: a name that this module returned. Raises LookupError for a name that nobody knows, nothing else.
    """
    for bom, name in _BOMS:
        if name == charset and content.startswith(bom):
            content = content[len(bom) :]
    return content.decode(_CODECS.get(charset, charset), "replace")


def incremental_decoder(charset: str) -> codecs.IncrementalDecoder:
    """As `decode`, for content that comes in pieces; a byte order mark is not taken away."""
    return codecs.getincrementaldecoder(_CODECS.get(charset, charset))("replace")


def charset_of_label(label: str) -> str | None:
    """The charset that browsers understand by `label`: `latin1` is windows-1252; None for what they refuse (utf-7)."""
    name = label.strip().lower()
    if not name.isascii() or not name:
        return None
    if name == "x-mac-cyrillic":
        return name
    python_name = map_encoding_to_html5(name, fallback_utf8=False)
    if python_name is None:
        return None
    if python_name.startswith("cp125"):
        return "windows-" + python_name[2:]
    if python_name.startswith("iso8859-") and python_name not in _NAMES:
        return "iso-" + python_name[3:]
    return _NAMES.get(python_name, python_name)


def charset_of_content_type(value: str | None) -> str | None:
    """The charset that a Content-Type header names, None where it names none that is known."""
    if not value or "charset" not in value.lower():
        return None
    for match in _HEADER_CHARSET.finditer(_QUOTED_PARAMETER.sub("", value)):
        if name := charset_of_label(match[1] or match[2] or ""):
            return name
    return None


def charset_of_meta(sample: bytes) -> str | None:
    """The charset that the first meta element with one (or the XML declaration) names; comments and body left out."""
    if not _CHARSET_HINT.search(sample):
        return None
    for match in _COMMENT_META_OR_BODY.finditer(sample):
        if match[1] is not None:
            name = _charset_of_attributes(match[1])
        elif match[2] is not None:
            encoding = _XML_ENCODING.search(match[2])
            name = charset_of_label(encoding[1].decode("ascii")) if encoding else None
        elif match[0][:2] == b"<!":
            continue
        else:
            return None
        if name:
            # Who could read the declaration as ASCII has not read UTF-16.
            return DEFAULT_CHARSET if name.startswith("utf-16") else name
    return None


def charset_of_bytes(sample: bytes) -> str:
    """The likeliest charset by statistics; UTF-8 where they find none."""
    if nulls := sample.count(0):
        even = sample[::2].count(0)
        if nulls * 4 > len(sample) and max(even, nulls - even) > nulls * 0.9:
            return "utf-16be" if even * 2 > nulls else "utf-16le"
    guess = detect_encoding(sample, max_len=max(len(sample), 1), html5_compatible=False)
    return (guess and (_GUESSES.get(guess) or charset_of_label(guess))) or DEFAULT_CHARSET


def _charset_of_attributes(attributes: bytes) -> str | None:
    values: dict[bytes, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        value = match[2] or match[3] or match[4] or b""
        values.setdefault(match[1].lower(), value.decode("latin-1"))
    if name := charset_of_label(values.get(b"charset", "")):
        return name
    # Misspellings such as http_equiv are as common as they are clear.
    kind = next((values[key] for key in (b"http-equiv", b"http_equiv", b"httpequiv") if key in values), "")
    if kind.replace("-", "").strip().lower() == "contenttype":
        match_content = _CONTENT_CHARSET.search(values.get(b"content", ""))
        return charset_of_label(match_content[1]) if match_content else None
    return None


def _looks_utf8(content: bytes) -> bool | None:
    """True: UTF-8 with non-ASCII characters. False: something else. None: ASCII, which says nothing."""
    if content.isascii():
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3 and error.reason == "unexpected end of data" and error.start:
            return not content[: error.start].isascii() or None
    else:
        return True
    # A stray bad byte does not make a page Latin-1: most of what is not ASCII has to be unreadable.
    text = content.decode("utf-8", "replace")
    return text.count("\ufffd") * 2 < len(text) - len(text.encode("ascii", "ignore"))
