"""What archives and compound files are inside."""

import io
import zipfile

import pytest

from spindrift.parse.mime import detect_mime_type

OPEN_XML = "application/vnd.openxmlformats-officedocument."


def archive(*members: str, compression: int = zipfile.ZIP_DEFLATED, **contents: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name in members:
            file.writestr(name, contents.get(name, "x" * 1000))
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """The first sectors of a compound file, as far as matters here: header, something, directory."""
    entries = [f"{name}\0".encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams)]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\x01" * 512 + b"".join(entries)


@pytest.mark.parametrize(
    ("members", "mime_type"),
    [
        (("[Content_Types].xml", "_rels/.rels", "word/document.xml"), OPEN_XML + "wordprocessingml.document"),
        (("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"), OPEN_XML + "spreadsheetml.sheet"),
        (("[Content_Types].xml", "ppt/presentation.xml"), OPEN_XML + "presentationml.presentation"),
        (("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
        (("readme.txt", "password/x", "in/word/y"), "application/zip"),
        ((), "application/zip"),
    ],
)
@pytest.mark.parametrize("header", [None, "application/octet-stream", "application/zip"])
def test_an_archive_is_what_its_members_say(members: tuple[str, ...], mime_type: str, header: str | None) -> None:
    content = archive(*members) if members else b"PK\x03\x04"
    assert detect_mime_type(content, header) == mime_type


@pytest.mark.parametrize("mime_type", ["application/epub+zip", "application/vnd.oasis.opendocument.text"])
def test_a_book_or_an_open_document_says_what_it_is(mime_type: str) -> None:
    content = archive("mimetype", "content.xml", compression=zipfile.ZIP_STORED, mimetype=mime_type)
    assert detect_mime_type(content) == mime_type


@pytest.mark.parametrize(
    ("streams", "mime_type"),
    [
        (("1Table", "WordDocument"), "application/msword"),
        (("Workbook",), "application/vnd.ms-excel"),
        (("Book",), "application/vnd.ms-excel"),
        (("Current User", "PowerPoint Document"), "application/vnd.ms-powerpoint"),
        (("Other",), "application/x-tika-msoffice"),
    ],
)
def test_a_compound_file_is_what_its_streams_say(streams: tuple[str, ...], mime_type: str) -> None:
    assert detect_mime_type(compound(*streams)) == mime_type


def test_a_header_that_is_more_exact_is_believed() -> None:
    assert detect_mime_type(archive("x"), "application/vnd.visio") == "application/vnd.visio"
    assert detect_mime_type(compound("Other"), "application/vnd.visio") == "application/vnd.visio"
