"""Files and folders of this machine as pages: `file:` URLs."""

import mimetypes
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote, unquote_to_bytes
from xml.sax.saxutils import escape

import ada_url

from spindrift import metadata_keys as names
from spindrift.conf.settings import Settings
from spindrift.metadata import Metadata, first, is_true
from spindrift.protocol.bodies import BodyBudget
from spindrift.protocol.causes import MALFORMED_URL, NOT_FROM_HERE, OUTSIDE_OF_SEED
from spindrift.protocol.disk import in_thread, is_readable, open_regular
from spindrift.protocol.interface import FROM_SETTINGS, ProtocolContext
from spindrift.protocol.response import FetchFailure, Response

_MOST_ENTRIES = 1_000_000


class FileProtocol:
    """Reads files; only where `protocols` lists `file`.

    A folder is a sitemap of what is in it, as in StormCrawler; a link (symbolic) is a redirect to what it means.
    Only seeds, and what files lead to, are read: the metadata must hold fetch.private.allowed, and the page that led
    here (url.path) must be a file. What files lead to must lie in the folder of the seed (file.seed) or below, links
    followed, so that no page leads over the whole disk. Status codes: 404 not there, 403 not readable, no file, or the
    kernel's (/proc, /sys). Keys: file.encoding, http.content.limit.
    """

    asks_robots: ClassVar[bool] = False
    is_polite: ClassVar[bool] = False

    def __init__(self, settings: Settings, bodies: BodyBudget | None = None) -> None:
        self._encoding = settings.text("file.encoding")
        self._limit = settings.limit("http.content.limit")
        self._bodies = bodies or BodyBudget(None)

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """See `Protocol`."""
        return cls(context.settings, context.bodies)

    def origin(self, url: str) -> str:
        """See `Protocol`."""
        self._path(url)
        return "file://"

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """Read a file, in a thread. Raises FetchFailure for a URL that is no file of this machine, or not allowed."""
        path = self._path(url)
        source = metadata.get(names.PATH, [])
        if not is_true(metadata, names.PRIVATE_ALLOWED) or (source and not source[-1].startswith("file:")):
            raise FetchFailure(NOT_FROM_HERE, f"{url[:200]} is read for seeds, and for what files lead to, only")
        limit = self._limit if content_limit == FROM_SETTINGS else content_limit
        since = first(metadata, "protocol.last-modified") or ""
        seed = first(metadata, names.FILE_SEED) or url
        response = await in_thread(lambda: self._read(url, path, seed, limit, since))
        response.content = self._bodies.hand_out(response.content)
        return response

    def allows_private(self, metadata: Metadata) -> bool:
        """See `Protocol`."""
        return is_true(metadata, names.PRIVATE_ALLOWED)

    async def is_private(self, url: str) -> bool:
        """Files are this machine's own."""
        return True

    async def close(self) -> None:
        """There is nothing to close."""

    def _path(self, url: str) -> Path:
        try:
            parsed = ada_url.URL(url)
        except ValueError as error:
            raise FetchFailure(MALFORMED_URL, str(error)) from error
        raw = unquote_to_bytes(parsed.pathname)
        if parsed.protocol != "file:" or parsed.hostname not in ("", "localhost") or b"\0" in raw:
            raise FetchFailure(MALFORMED_URL, f"{url[:200]} is no file of this machine")
        return Path(os.fsdecode(raw) if self._encoding.lower() == "utf-8" else raw.decode(self._encoding, "replace"))

    def _folder(self, seed: str) -> Path:
        """The folder in which all is that a seed may lead to: itself, or the one that the file lies in."""
        real = self._path(seed).resolve()
        return real if seed.endswith("/") or real.is_dir() else real.parent

    def _read(self, url: str, path: Path, seed: str, limit: int | None, since: str) -> Response:
        try:
            folder = self._folder(seed)
            real = path.resolve()
            if not real.is_relative_to(folder):
                where = f"{url[:200]} is not in {folder}, the folder of the seed that led to it"
                raise FetchFailure(OUTSIDE_OF_SEED, f"{where}: give it as a seed if it is wanted")
            real = path.resolve(strict=True)
            if real != path.absolute():
                return Response(url, 301, {"location": [real.as_uri()]})
            about = real.stat()
            modified = formatdate(about.st_mtime, usegmt=True)
            if not is_readable(real, about):
                return Response(url, 403)
            if stat.S_ISDIR(about.st_mode):
                headers = {"content-type": ["application/xml"], "last-modified": [modified]}
                return Response(url, 200, headers, _sitemap(real), metadata={names.IS_SITEMAP: ["true"]})
            if since == modified:
                return Response(url, 304)
            with open_regular(real) as file:
                content = (file.read() if limit is None else file.read(limit + 1)) or b""
        except (FileNotFoundError, NotADirectoryError):
            return Response(url, 404)
        except PermissionError:
            return Response(url, 403)
        except (OSError, RuntimeError) as error:  # a name that is too long, a loop of links
            raise FetchFailure(type(error).__name__, str(error)) from error
        headers = {"last-modified": [modified], "content-length": [str(about.st_size)]}
        kind, encoding = mimetypes.guess_type(real.name)
        if kind and not encoding:
            headers["content-type"] = [kind]
        trimmed = limit is not None and len(content) > limit
        return Response(url, 200, headers, content[:limit] if trimmed else content, "length" if trimmed else "")


def _sitemap(folder: Path) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    lines += _entries(folder)
    return "\n".join([*lines, "</urlset>"]).encode()


def _entries(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for number, entry in enumerate(sorted(entries, key=lambda entry: entry.name)):
            if number >= _MOST_ENTRIES:
                return
            try:
                about = entry.stat()
                slash = "/" if entry.is_dir() else ""
            except OSError:  # a link to nowhere
                continue
            if not is_readable(Path(entry.path), about):
                continue
            date = datetime.fromtimestamp(about.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            url = "file://" + quote(os.fsencode(entry.path)) + slash
            yield f"<url><loc>{escape(url)}</loc><lastmod>{date}</lastmod></url>"
