"""Which charset a page is read in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.parse.charset import charset_of_label, charset_of_meta, decode, find_charset

RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю"
GERMAN = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b"\xef\xbb\xbfhello", "utf-8"),
        (b"\xff\xfeh\x00i\x00", "utf-16le"),
        (b"\xfe\xff\x00h\x00i", "utf-16be"),
    ],
)
def test_a_byte_order_mark_decides_whatever_is_declared(content: bytes, charset: str) -> None:
    assert find_charset(content, "text/html; charset=koi8-r") == charset
    assert decode(content, charset) in ("hello", "hi")


def test_the_header_is_used() -> None:
    content = RUSSIAN.encode("koi8-r")
    assert find_charset(content, "text/html; charset=KOI8-R") == "koi8-r"
    assert decode(content, "koi8-r") == RUSSIAN


def test_the_header_wins_over_the_meta_element() -> None:
    content = b'<meta charset="windows-1251">' + RUSSIAN.encode("koi8-r")
    assert find_charset(content, "text/html; charset=koi8-r") == "koi8-r"


def test_the_meta_element_wins_over_statistics() -> None:
    content = b'<meta charset="iso-8859-2">' + GERMAN.encode("iso-8859-2")
    assert find_charset(content, "text/html") == "iso-8859-2"


def test_utf8_is_seen_through_the_default_charset_of_a_server() -> None:
    assert find_charset(f"<p>{GERMAN}".encode(), "text/html; charset=ISO-8859-1") == "utf-8"


def test_what_is_declared_as_utf8_and_is_not_is_read_as_the_other_declaration_says() -> None:
    content = b'<meta charset="windows-1251">' + RUSSIAN.encode("cp1251")
    assert find_charset(content, "text/html; charset=utf-8") == "windows-1251"


def test_a_stray_byte_does_not_make_utf8_something_else() -> None:
    content = f"<p>{GERMAN}".encode() + b"\xe4 " + f"{RUSSIAN}</p>".encode()
    assert find_charset(content, "text/html; charset=utf-8") == "utf-8"
    assert decode(content, "utf-8").count("\ufffd") == 1


def test_a_character_that_the_content_limit_cut_in_two_is_no_sign_against_utf8() -> None:
    content = f"<p>{GERMAN} ß".encode()[:-1]
    assert find_charset(content, None) == "utf-8"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("shift_jis", "shift_jis", "これは日本語で書かれた文章です。今日はとても天気がいいので散歩に行きましょう。"),
        ("euc-kr", "euc-kr", "이것은 한국어로 쓰여진 문장입니다. 오늘은 날씨가 아주 좋아서 산책하러 갑시다."),
        ("gb18030", "gb18030", "中文网页内容。今天天气很好。我们去散步吧。"),
        ("windows-1252", "cp1252", GERMAN),
        ("utf-16le", "utf-16-le", GERMAN),
        ("utf-16be", "utf-16-be", GERMAN),
    ],
)
def test_statistics_recognise_undeclared_charsets(charset: str, codec: str, text: str) -> None:
    content = f"<p>{text}</p>".encode(codec)
    assert find_charset(content, None, 10_000) == charset
    assert decode(content, charset) == f"<p>{text}</p>"


def test_detection_can_be_switched_off_and_then_the_header_alone_counts() -> None:
    content = b'<meta charset="koi8-r">' + RUSSIAN.encode("koi8-r")
    assert find_charset(content, None, 0) == "utf-8"
    assert find_charset(content, "text/html; charset=koi8-r", 0) == "koi8-r"


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("latin1", "windows-1252"),
        (" ISO-8859-1 ", "windows-1252"),
        ("gb2312", "gb18030"),
        ("UTF8", "utf-8"),
        ("x-sjis", "shift_jis"),
        ("x-mac-cyrillic", "x-mac-cyrillic"),
        ("utf-7", None),
        ("nonsense", None),
        ("", None),
        ("ütf-8", None),
    ],
)
def test_labels_mean_what_they_mean_to_browsers(label: str, charset: str | None) -> None:
    assert charset_of_label(label) == charset


@pytest.mark.parametrize(
    "html",
    [
        b'<!-- <meta charset="koi8-r"> -->',
        b'<body><meta charset="koi8-r">',
        b'<meta name="description" content="charset=koi8-r">',
        b'<meta http-equiv="refresh" content="0; url=/?charset=koi8-r">',
    ],
)
def test_what_only_looks_like_a_declaration_is_none(html: bytes) -> None:
    assert charset_of_meta(html) is None


def test_a_page_that_declares_utf16_in_readable_ascii_is_utf8() -> None:
    assert charset_of_meta(b'<meta charset="utf-16">') == "utf-8"


@given(st.binary(), st.none() | st.text() | st.sampled_from(["text/html; charset=utf-16", "a; charset=big5"]))
def test_any_bytes_have_a_charset_that_reads_them(content: bytes, content_type: str | None) -> None:
    assert isinstance(decode(content, find_charset(content, content_type, 10_000)), str)


@given(st.text(min_size=1))
def test_utf8_is_recognised_without_a_declaration(text: str) -> None:
    content = text.encode()
    if not text.isascii():
        assert decode(content, find_charset(content)) == text.removeprefix("\ufeff")
