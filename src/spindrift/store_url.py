"""What the URL of a store names: a file, memory, or indices of a search engine."""

import os
import re
import sys
from pathlib import Path
from typing import Final

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.search_engine.address import SearchAddress, is_search_url
from spindrift.sqlite.memory import NAME as IN_MEMORY
from spindrift.urls.credentials import hidden_secrets

_OF_COMPONENTS: Final = frozenset({"component_process", "streamparse_run"})
"""Programs that run one component in a process of its own: the embedded runner's, and Storm's."""
_ENGINE: Final = re.compile(r"(elasticsearch|opensearch):/*")


def sqlite_path(url: str) -> Path:
    """The file that a store URL, or a plain path, names. Raises ConfigurationError for any other URL."""
    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    if engine := _ENGINE.match(url):
        rest = hidden_secrets(f"{engine[1]}://{url[engine.end() :]}")
        raise ConfigurationError(f"store {hidden_secrets(url)!r} is not understood; did you mean {rest}?")
    if not path or "://" in path or path.startswith("sqlite:") or url.startswith(IN_MEMORY):
        raise ConfigurationError(
            f"store {hidden_secrets(url)!r} is not understood; right is a file such as crawl.db, or its URL: "
            "sqlite:///crawl.db (in the working directory), sqlite:////folder/crawl.db (any other); memory: for a "
            "crawl that leaves nothing; or elasticsearch://HOST:9200/PREFIX, opensearch://HOST:9200/PREFIX"
        )
    return Path(path)


def same_store(one: str, other: str) -> bool:
    """Whether both URLs name one store, by the names that they give: no host name is looked up."""
    if is_in_memory(one) or is_in_memory(other) or is_search_url(one) != is_search_url(other):
        return False
    if not is_search_url(one):
        return os.path.realpath(sqlite_path(one)) == os.path.realpath(sqlite_path(other))
    first, second = SearchAddress.parse(one), SearchAddress.parse(other)
    return (first.host, first.port, first.prefix) == (second.host, second.port, second.prefix)


def printable(url: str) -> str:
    """The URL of a store without the password that it may hold."""
    return hidden_secrets(url) if is_search_url(url) else url


def is_in_memory(url: str) -> bool:
    """Whether it is a store that is gone with the process."""
    return url == IN_MEMORY


def store_exists(url: str, settings: Settings | None = None) -> bool:
    """Whether another run has left anything at `url`; ConfigurationError for a URL that is not understood.

    `settings` say how to get into a search engine.
    """
    if is_in_memory(url):
        return False
    if is_search_url(url):
        from spindrift.search_store import indices_exist

        return indices_exist(SearchAddress.parse(url), settings or Settings())
    path = sqlite_path(url)
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)


def check_lasts(url: str) -> None:
    """Raises ConfigurationError for a store in memory, where what is there outlives no command."""
    if is_in_memory(url):
        raise ConfigurationError(
            f"store {url} is gone with the crawl that filled it: no other command can use it; "
            "crawl into a file (--store crawl.db), and name that here"
        )


def check_reachable(url: str) -> None:
    """Raises ConfigurationError for a store in memory in a component's own process, where it would be another one."""
    if is_in_memory(url) and Path(sys.argv[0]).stem in _OF_COMPONENTS:
        raise ConfigurationError(
            f"store {url} is in the memory of one process, and this component runs in another: "
            "name a file (store.url), or run all components in one process (topology.workers 1)"
        )
