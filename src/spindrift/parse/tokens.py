"""How HTML is cut into tags, comments and text: the standard's tokenizer, as libxml2 has it, in regular expressions.

What bounds a page before libxml2 reads it has to see the same tags: a comment or a quote that one of the two ends
earlier would hide from the bounds whatever follows it. All are possessive, so that each byte is looked at once, and
without groups that capture, which Python's possessive repeats get wrong. To be compiled with re.IGNORECASE.
"""

_BLANK = rb"[\t\n\f\r ]"
_BORDER = rb"[\t\n\f\r />]"
"""What ends the name of a tag."""
NAME = rb"[a-z][^\t\n\f\r />]*+"
# A name may begin with an equals sign; a quote means something right after the equals sign of a value only.
ATTRIBUTE = (
    rb"""(?:[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+"""
    rb"""(?:%(blank)s*+=%(blank)s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'])[^\t\n\f\r >]*+))?+)"""
    % {b"blank": _BLANK}
)
TAG_END = rb"[\t\n\f\r /]*+(?:>|\Z)"
"""What follows the last attribute."""
END_TAG = rb"</%s%s*+%s" % (NAME, ATTRIBUTE, TAG_END)
COMMENT = (
    rb"(?:<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))"
    rb"|<(?:[!?]|/(?![a-z]))[^>]*+>?)"  # declarations and the like are comments, too
)
_SCRIPT_TEXT = (
    rb"(?:[^<]++|<(?!!--|/script%(border)s)"
    rb"|<!--(?:-?>|(?:[^<-]++|-(?!->)|<(?!/?script%(border)s)"
    # A script within a comment of a script: its end tag is not that of the outer one.
    rb"|<script%(border)s(?:[^<-]++|-(?!->)|<(?!/script%(border)s))*+(?:</script%(border)s|(?=-->)|\Z)"
    rb")*+(?:-->|(?=</)|\Z)))*+" % {b"border": _BORDER}
)
RAW = {
    b"script": _SCRIPT_TEXT,
    b"plaintext": rb"(?s:.*+)",
    **{
        name: rb"(?:[^<]++|<(?!/%s%s))*+" % (name, _BORDER)
        for name in (b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes")
    },
}
"""Elements in which there are no tags, each with its text."""
BEFORE_END = rb"(?:[\t\n\f\r ]|/(?!>))*+"
"""What follows the last attribute, before `>`, or `/>`, by which libxml2 has any element end at once."""


def raw_start(name: bytes) -> bytes:
    """The begin of a raw element's start tag."""
    return rb"<%s(?=%s|\Z)" % (name, _BORDER)
