"""The JAR that a Storm cluster takes a topology's code from: a zip archive, made without Leiningen or a JDK."""

import os
import stat
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from types import MappingProxyType
from typing import Final

from spindrift.errors import ConfigurationError

_MANIFEST: Final = b"Manifest-Version: 1.0\r\nCreated-By: spindrift\r\n\r\n"
_RESOURCES: Final = "resources"
"""What Storm unpacks beside a worker: the components' working directory."""
_LEFT_OUT: Final = ("__pycache__", "*.pyc", "*.pyo", "*.egg-info", ".*")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""Of a zip archive."""


@dataclass(frozen=True)
class Jar:
    """What was written."""

    path: Path
    files: int
    size: int
    """Bytes."""


def write_jar(
    sources: Path, path: Path, classes: Mapping[str, bytes] = MappingProxyType({}), library: Path | None = None
) -> Jar:
    """Everything under `sources`, links followed, as `resources/` of the JAR `path`, and Java `classes`; its folder
    is made. The package in the folder `library` is put beside it, unless `sources` have one of that name.

    The same files make the same JAR, byte by byte. Compiled Python, hidden files and the JAR itself are left out.
    Raises ConfigurationError where there is nothing to put in, something is neither file nor folder, cannot be read or
    has a name that no JAR takes, a link leads nowhere or round in circles, or it cannot be written; a JAR that was
    there is kept then.
    """
    if not sources.is_dir():
        raise ConfigurationError(
            f"{sources}: there is no such folder, and so no code for a JAR. Change to the folder of a project "
            "(`spindrift new NAME` makes one), or name its config.json with -c"
        )
    own = path.resolve()
    try:
        found = _files(sources, _RESOURCES, (sources.resolve(),))
        files = {name: file for name, file in found if file.resolve() != own}
    except OSError as error:
        raise _unreadable(error.filename, error) from error
    if not files:
        raise ConfigurationError(f"{sources}: there is no file in this folder, and so no code for a JAR")
    if library is not None and not (sources / library.name).exists():
        files |= dict(_files(library, f"{_RESOURCES}/{library.name}", (library.resolve(),)))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
                _add(archive, "META-INF/MANIFEST.MF", _MANIFEST)
                for name in sorted(classes):
                    _add(archive, name, classes[name])
                for name in sorted(files):
                    _add(archive, name, _content(files[name]), executable=os.access(files[name], os.X_OK))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot write the JAR ({error.strerror or error})") from error
    return Jar(path, len(files) + len(classes), path.stat().st_size)


def _files(folder: Path, name: str, inside: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """Names in the archive, and files; `inside` are the real folders on the way down."""
    for entry in folder.iterdir():
        if any(fnmatch(entry.name, pattern) for pattern in _LEFT_OUT):
            continue
        try:
            entry.name.encode()
        except UnicodeEncodeError:
            told = os.fsencode(entry).decode(errors="backslashreplace")
            raise ConfigurationError(f"{told}: a JAR takes names in UTF-8 only; rename it") from None
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            real = entry.resolve()
            if real in inside:
                raise ConfigurationError(f"{entry}: this link leads back to {real}, which it is in: there is no end")
            yield from _files(entry, inner, (*inside, real))
        elif entry.is_file():
            yield inner, entry
        elif entry.exists():
            raise ConfigurationError(
                f"{entry}: this is neither a file nor a folder (but a pipe, a socket or a device, or leads to one); "
                "take it out"
            )
        else:
            raise ConfigurationError(f"{entry}: this link leads nowhere ({os.readlink(entry)})")  # noqa: PTH115


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: object, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{file}: cannot be read ({error.strerror or error})")


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, executable: bool = False) -> None:
    info = zipfile.ZipInfo(name, _date())
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
    archive.writestr(info, data)


def _date() -> tuple[int, int, int, int, int, int]:
    """That of all entries: $SOURCE_DATE_EPOCH, where that is set."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given.isdigit():
        return _EARLIEST
    moment = time.gmtime(int(given))
    return max((moment.tm_year, moment.tm_mon, moment.tm_mday, moment.tm_hour, moment.tm_min, moment.tm_sec), _EARLIEST)
