"""The JAR with our serializer for Storm's side."""

import zipfile
from pathlib import Path

from spindrift.storm.msgpack_classes import SERIALIZER
from tests.cli.conftest import Run, spindrift  # noqa: F401 - a fixture


def test_the_jar_holds_the_serializer_and_what_it_needs(
    toolchain: None,
    spindrift: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bolts.py").touch()
    assert spindrift("jar", "--msgpack", "-o", "with.jar").code == 0
    with zipfile.ZipFile(tmp_path / "with.jar") as archive:
        names = archive.namelist()
        major = archive.read(f"{SERIALIZER.replace('.', '/')}.class")[7]
    assert "org/msgpack/core/MessagePack.class" in names
    assert "resources/bolts.py" in names
    assert not [name for name in names if name.startswith("org/apache/storm")], "the cluster has its own"
    assert major == 61, "Java 17, as Storm itself"
