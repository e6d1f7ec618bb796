"""Which serializer `sparse submit` tells Storm of."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.storm.jar import write_jar
from spindrift.storm.msgpack_classes import SERIALIZER
from spindrift.storm.submitting import prefer_messagepack

KEY = "topology.multilang.serializer"
CLASS = {"spindrift/storm/MessagePackSerializer.class": b"\xca\xfe\xba\xbe"}


def chosen(*arguments: str, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options and environment after it was asked."""
    given = {name.replace("__", "."): value for name, value in options.items()}
    environment: dict[str, Any] = {}
    prefer_messagepack(environment, given, ["submit", "-n", "crawl", *arguments], say=lambda message: None)
    return given, environment


@pytest.fixture
def jar(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bolts.py").touch()
    return str(write_jar(tmp_path / "src", tmp_path / "crawl.jar", request.param).path)


@pytest.mark.parametrize("jar", [CLASS], indirect=True)
def test_a_jar_with_our_serializer_has_messagepack_spoken(jar: str) -> None:
    assert chosen("--local_jar_path", jar) == ({KEY: SERIALIZER}, {"serializer": "msgpack"})
    assert chosen(f"--local_jar_path={jar}", "-o", "a=b")[0] == {KEY: SERIALIZER}
    assert chosen("--local_jar", jar)[0] == {KEY: SERIALIZER}, "sparse takes what is shorter, too"


@pytest.mark.parametrize("jar", [{}], indirect=True)
def test_one_without_it_has_not(jar: str) -> None:
    assert chosen("--local_jar_path", jar) == ({}, {})


@pytest.mark.parametrize("jar", [CLASS], indirect=True)
def test_what_the_options_say_stays(jar: str) -> None:
    assert chosen("--local_jar_path", jar, topology__multilang__serializer="my.own") == ({KEY: "my.own"}, {})


def test_of_a_jar_that_is_on_the_cluster_nothing_is_known() -> None:
    assert chosen("--remote_jar_path", "/var/nimbus/old.jar") == ({}, {})


def test_leiningen_finds_it_where_it_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("spindrift.storm.submitting.msgpack_classes", lambda say: CLASS)
    assert chosen() == ({KEY: SERIALIZER}, {"serializer": "msgpack"})
    assert (tmp_path / "_resources" / next(iter(CLASS))).read_bytes() == b"\xca\xfe\xba\xbe"


def test_without_a_jdk_storm_speaks_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert chosen() == ({}, {})
    assert not list(tmp_path.iterdir())


def test_a_jar_that_cannot_be_read_ends_sparse_with_a_line() -> None:
    line = r"^error: none\.jar: cannot read this JAR \(No such file or directory\); `spindrift jar` makes one$"
    with pytest.raises(SystemExit, match=line):
        chosen("--local_jar_path", "none.jar")
