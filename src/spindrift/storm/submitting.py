"""What our `fabfile.py` adds to `sparse submit`: MessagePack between Storm and components, where it can be had."""

import sys
import zipfile
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from spindrift.services.errors import ServiceError
from spindrift.storm.msgpack_classes import SERIALIZER, msgpack_classes

_KEY: Final = "topology.multilang.serializer"
_CLASS: Final = f"{SERIALIZER.replace('.', '/')}.class"
_ROOT_OF_JAR: Final = Path("_resources")
"""What streamparse has Leiningen put into a JAR; its folder `resources` is made anew for each."""


def prefer_messagepack(
    env_config: dict[str, Any],
    options: dict[str, Any],
    arguments: Sequence[str] | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Have Storm speak MessagePack with the topology that is being submitted, if the JAR has our serializer for it.

    For streamparse's `pre_submit`, in the project's folder. A JAR that is given (`--local_jar_path`) has it if
    `spindrift jar` put it in; into one that Leiningen is about to make it is put here, where there are a JDK and Maven.
    Options that name a serializer are left alone. `arguments` are those of the command: streamparse tells its hooks
    nothing of the JAR. Ends sparse with one line where the given one cannot be read: it would print a traceback.
    """
    if options.get(_KEY):
        return
    parser = ArgumentParser(add_help=False)
    parser.add_argument("--local_jar_path", type=Path)
    parser.add_argument("--remote_jar_path")
    given, _ = parser.parse_known_args(sys.argv[1:] if arguments is None else arguments)
    if given.remote_jar_path:
        return
    if _is_in(given.local_jar_path) if given.local_jar_path else _put_in(_ROOT_OF_JAR, say):
        options[_KEY] = SERIALIZER
        env_config["serializer"] = "msgpack"  # for components that know nothing of us


def _is_in(jar: Path) -> bool:
    try:
        with zipfile.ZipFile(jar) as archive:
            return _CLASS in archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise SystemExit(f"error: {jar}: cannot read this JAR ({reason}); `spindrift jar` makes one") from error


def _put_in(folder: Path, say: Callable[[str], object]) -> bool:
    try:
        classes = msgpack_classes(say)
    except ServiceError as error:
        say(f"Storm will speak JSON, not MessagePack: {error}")
        return False
    for name, data in classes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return True
