"""What is in a zip archive or a compound file: office documents and books are such files inside."""

import re

ZIP = "application/zip"
COMPOUND = "application/x-tika-msoffice"

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
# Folders of Office Open XML, and what marks other archives: names in the headers of the first members.
_MEMBERS = (
    (b"word/", _OPEN_XML + "wordprocessingml.document"),
    (b"xl/", _OPEN_XML + "spreadsheetml.sheet"),
    (b"ppt/", _OPEN_XML + "presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
)
# OpenDocument and EPUB: the first member is called mimetype, is not compressed, and holds nothing else.
_MIMETYPE = re.compile(rb"PK\x03\x04.{26}mimetype(application/[\w.+-]{1,100})(?=PK)", re.DOTALL)
_MEMBER = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
# Streams of compound files, in the directory's UTF-16.
_STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
)
_ROOT_ENTRY = "Root Entry".encode("utf-16-le")
_DIRECTORY_LENGTH = 4096
"""Bytes of a compound file's directory that are looked at: the first 32 entries."""
_ZIP_LENGTH = 1 << 20
_MAX_MEMBERS = 100


def type_within(content: bytes, container: str) -> str:
    """The media type of the document that a file of type `container` is; `container` where nothing tells."""
    if container == ZIP:
        return _zip_type(content[:_ZIP_LENGTH])
    if container == COMPOUND:
        return _compound_type(content)
    return container


def _zip_type(content: bytes) -> str:
    if match := _MIMETYPE.match(content):
        return match[1].decode("ascii")
    for number, member in enumerate(_MEMBER.finditer(content)):
        if number == _MAX_MEMBERS:
            break
        name = content[member.end() : member.end() + int.from_bytes(member[1], "little")]
        for start, mime_type in _MEMBERS:
            if name.startswith(start):
                return mime_type
    return ZIP


def _compound_type(content: bytes) -> str:
    start = content.find(_ROOT_ENTRY)
    if start < 0:
        return COMPOUND
    directory = content[start : start + _DIRECTORY_LENGTH]
    for name, mime_type in _STREAMS:
        # Names end with a null.
        if f"{name}\0".encode("utf-16-le") in directory:
            return mime_type
    return COMPOUND
