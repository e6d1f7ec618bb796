"""What is the matter with the folder of an archive, and what its owner can do about it."""

import errno
from pathlib import Path
from typing import Final

_ROOM: Final = "make room on the disk that holds it"
_WRITABLE: Final = "make the folder writable"
_ADVICE: Final = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), or lower warc.max.size",
    errno.ENOENT: "the folder must stay where it is while a crawl runs",
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EROFS: _WRITABLE,
    errno.EIO: "look whether the disk is sound",
}


def explained(error: OSError, folder: Path) -> str:
    """That the archive in `folder` could not be written, why, and what to do."""
    advice = _ADVICE.get(error.errno or 0)
    said = f"the archive in {folder.absolute()} could not be written: {error.strerror or error}"
    return said if advice is None else f"{said}; {advice}"
