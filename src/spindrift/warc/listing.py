"""Which archives a user means."""

import gzip
import zlib
from pathlib import Path
from typing import Final

from spindrift.errors import ArchiveError
from spindrift.urls.credentials import hidden_credentials

_ENDINGS: Final = (".warc", ".warc.gz", ".arc", ".arc.gz", ".warc.gz.open")  # the last: of a crawl that runs, or died
_GZIP: Final = b"\x1f\x8b"


def list_archives(paths: list[str]) -> list[Path]:
    """The archives that `paths` name: files, folders, and lists (.paths, .txt, also .gz) with a path a line.

    Relative paths of a list are meant from the list's folder. Raises ArchiveError for what is not there, is no local
    file, or holds no archive.
    """
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if "://" in name:
            url = hidden_credentials(name)
            raise ArchiveError(f"{url}: archives are read from local files only; download it first")
        if path.is_dir():
            inside = [each for each in sorted(path.iterdir()) if each.name.endswith(_ENDINGS)]
            if not inside:
                raise ArchiveError(f"{path}: there are no WARC or ARC files in this folder")
            found += inside
        elif not path.is_file():
            raise ArchiveError(f"{path}: there is no such file")
        elif path.name.removesuffix(".gz").endswith((".paths", ".txt")):
            found += list_archives([_from(path, line) for line in _lines(path)])
        else:
            found.append(path)
    return found


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data.startswith(_GZIP) else data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path}: the list could not be read: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _from(listed_in: Path, line: str) -> str:
    return line if "://" in line else str(listed_in.parent / line)
