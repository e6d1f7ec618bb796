"""A configuration that was written for StormCrawler: YAML, with all keys below `config:`."""

import json
from pathlib import Path

import pytest

from spindrift.conf import Settings
from spindrift.conf.layers import check, load_project, resolve
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.errors import ConfigurationError
from tests.cli.conftest import Run, spindrift

__all__ = ["spindrift"]

# The shape of an archetype's: scalars and lists, Java classes, and keys of what is not here (Storm's JVM, Tika).
CONF = """# comment
config:
  topology.workers: 1
  topology.message.timeout.secs: 300
  topology.worker.childopts: "-Xmx2g"
  topology.kryo.register:
    - org.apache.stormcrawler.Metadata
  fetcher.server.delay: 0
  metadata.persist:
   - isSitemap
   - isFeed
  http.agent.name: "my-crawler"
  http.protocol.implementation: "org.apache.stormcrawler.protocol.okhttp.HttpProtocol"
  https.protocol.implementation: "org.apache.stormcrawler.protocol.okhttp.HttpProtocol"
  sitemap.discovery: true
  urlfilters.config.file: "urlfilters.json"
  parsefilters.config.file: "parsefilters.json"
  fetchInterval.error: -1
  fetchInterval.isFeed=true: 10
  indexer.md.mapping:
  - parse.title=title
  - domain
  topology.metrics.consumer.register:
     - class: "org.apache.storm.metric.LoggingMetricsConsumer"
       parallelism.hint: 1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "crawler-conf.yaml"
    file.write_text(CONF)
    return file


def test_a_crawl_reads_what_stands_below_config(file: Path) -> None:
    project = load_project(file)
    name, environment = project.environment()
    layers = resolve(project, environment, None, {"fetcher.server.delay": 2}, env=name)
    settings = Settings(layers.conf)
    assert settings.texts("metadata.persist") == ["isSitemap", "isFeed"]
    assert settings.seconds("topology.message.timeout.secs") == 300
    assert settings.seconds("fetcher.server.delay") == 2, "-o stands above it"
    assert layers.origins["sitemap.discovery"] == f"{file}, config"
    assert check(layers) == ([], [])


def test_a_crawl_by_an_archetypes_files(spindrift: Run, file: Path) -> None:
    root = "org.apache.stormcrawler"
    normalizer = {"class": f"{root}.filtering.basic.BasicURLNormalizer", "name": "n"}
    domain = {"class": f"{root}.parse.filter.DomainParseFilter", "name": "d", "params": {"key": "domain"}}
    (file.parent / "urlfilters.json").write_text(json.dumps({f"{root}.filtering.URLFilters": [normalizer]}))
    (file.parent / "parsefilters.json").write_text(json.dumps({f"{root}.parse.ParseFilters": [domain]}))
    with GeneratedWeb(hosts=1, pages=3, page_bytes=3000, links=4, plain=True) as web:
        outcome = spindrift("crawl", web.seeds[0], "-c", file.name, "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["documents"] == 3
    document = json.loads(spindrift("export", "-c", file.name).out.splitlines()[0])
    assert document["fields"].keys() >= {"title", "domain"}


def test_mistakes_name_the_file(spindrift: Run, file: Path) -> None:
    file.write_text("config:\n  fetcher.server.delay: soon\n")
    outcome = spindrift("check", file.name)
    assert outcome.code == 2
    assert "fetcher.server.delay (crawler-conf.yaml, config): 'soon' is not right" in outcome.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "not YAML"),
        ("config: [1]", "config: as its only key"),
        ("config:\n  a: 1\nincludes: []", "config: as its only key"),
        ("config:\n  a: 1\n  a: 2", "not YAML"),
        ("a: &a [*a]", "Circular reference"),
    ],
)
def test_what_is_no_configuration_is_refused(text: str, said: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        load_project(file)


def test_keys_are_texts_whatever_yaml_takes_them_for(file: Path) -> None:
    file.write_text("config:\n  2: x\n  true: y\n")
    _, environment = load_project(file).environment()
    assert environment["options"] == {"2": "x", "True": "y"}


@pytest.mark.parametrize("text", ["config:\n  http.agent.version: 1.0\n", "http.agent.version: 1.0\nsome.other: 2\n"])
def test_keys_may_stand_without_config_and_texts_without_quotes(tmp_path: Path, text: str) -> None:
    file = tmp_path / "conf.yaml"
    file.write_text(text)
    assert load_project(file).environment()[1]["options"]["http.agent.version"] == "1.0"


def test_texts_in_lists_and_what_has_no_value(tmp_path: Path) -> None:
    file = tmp_path / "conf.yaml"
    file.write_text("config:\n  metadata.persist: [1.0, yes]\n  http.agent.email:\n  fetcher.threads.number: 5\n")
    options = load_project(file).environment()[1]["options"]
    assert options == {"metadata.persist": ["1.0", "yes"], "http.agent.email": None, "fetcher.threads.number": 5}


@pytest.mark.parametrize("text", ["", "config:\n"])
def test_nothing_is_a_configuration_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "conf.yaml"
    file.write_text(text)
    assert load_project(file).environment()[1] == {"options": {}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x80\x81\xff", "conf.yaml: not UTF-8 text"),
        (b"\x00\x01", "conf.yaml: not YAML ("),
        (b"a: [1", "conf.yaml: not YAML ("),
        (b"- a", "conf.yaml: holds a list; expected keys and values"),
        (b"config: {a: 1}\nb: 2\nc: 3", "conf.yaml: holds b, c beside config:; expected config: as its only key"),
    ],
)
def test_what_is_wrong_with_a_file_names_it(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "conf.yaml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        load_project(file)
    assert said in str(refused.value)
    assert "unicode string" not in str(refused.value)
    assert "JSON" not in str(refused.value)
