"""The MessagePack serializer for Storm's side: our Java class, and msgpack-core that it needs."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from spindrift.services.jars import Jars, cache_folder, compile_java, fetch
from spindrift.services.toolchain import find_toolchain

SERIALIZER: Final = "spindrift.storm.MessagePackSerializer"
"""The value of `topology.multilang.serializer`."""

_SOURCE: Final = Path(__file__).parent / "java" / "spindrift" / "storm" / "MessagePackSerializer.java"
_CORE: Final = "msgpack-core"
_JARS: Final = Jars("storm-msgpack", ("org.apache.storm:storm-client:2.8.3", f"org.msgpack:{_CORE}:0.9.8"))


def msgpack_classes(say: Callable[[str], object] = lambda message: None) -> dict[str, bytes]:
    """Class files by their names in a JAR. Needs a JDK 17 and Maven. Raises ServiceError."""
    toolchain = find_toolchain()
    jars = fetch(_JARS, toolchain, cache_folder(), say)
    found: dict[str, bytes] = {}
    folder = Path(tempfile.mkdtemp(prefix="spindrift-msgpack-"))
    try:
        compile_java(_SOURCE, jars, toolchain, folder)
        found.update((str(file.relative_to(folder)), file.read_bytes()) for file in folder.rglob("*.class"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for jar in jars.glob(f"{_CORE}-*.jar"):
        with zipfile.ZipFile(jar) as archive:
            found.update((name, archive.read(name)) for name in archive.namelist() if name.startswith("org/msgpack/"))
    return {name.replace(os.sep, "/"): data for name, data in found.items() if name.endswith(".class")}
