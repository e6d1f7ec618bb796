"""Filter files: StormCrawler's JSON, read, checked and turned into filters.

    {"org.apache.stormcrawler.filtering.URLFilters": [
        {"class": "MaxDepthFilter", "name": "no deep pages", "params": {"maxDepth": 5}}]}

A filter is any class with a method `filter`. Its parameters are a nested pydantic model `Params`, which its `__init__`
is given; a class without `Params` takes no parameters and is called without arguments. An `__init__` that has an
argument `settings` is given the configuration as well.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.filtering.at_work import made
from spindrift.filtering.classes import KINDS, Wrapper, find_class
from spindrift.filtering.json_files import read_json
from spindrift.filtering.making import make_filter
from spindrift.filtering.mistakes import Mistakes, Step, shown
from spindrift.filtering.nearest import did_you_mean
from spindrift.filtering.params import validate_params
from spindrift.filtering.scope import Scope, ScopeParams
from spindrift.resource_files import ResourceFiles

_ENTRY_KEYS = ("class", "name", "params", "scope")
_SCHEMA = "$schema"
_WRAPPER_NAMES: dict[Wrapper, tuple[str, ...]] = {
    "URLFilters": ("URLFilters",),
    # StormCrawler keeps the filters that run on the page's tree in a file of their own.
    "ParseFilters": ("ParseFilters", "JSoupFilters"),
}


@dataclass(frozen=True, slots=True)
class LoadedFilter:
    """A filter that is ready to run, and the name that its file gives it (its class name where it gives none)."""

    name: str
    instance: Any

    @property
    def comes_along(self) -> bool:
        """Whether it is a filter that spindrift brings along: typed, tested, and not worth a look at each call."""
        return type(self.instance).__module__.startswith("spindrift.filters.")


def load_filters(
    path: Path, wrapper: Wrapper, resources: ResourceFiles | None = None, settings: Settings | None = None
) -> list[LoadedFilter]:
    """The filters of a file, in its order; those with a scope do nothing beyond it.

    Files that a filter names are looked for beside `path`, then in `resources` (the current project's if None).
    Raises ConfigurationError with all mistakes of the file, each with its JSON pointer, filter and parameter, what was
    given and what is right.
    """
    mistakes = Mistakes(path)
    document = read_json(path, mistakes, _expected(wrapper))
    where, entries = _entries(document, wrapper, mistakes)
    settings = settings or Settings()
    builder = _Builder(wrapper, mistakes, (resources or ResourceFiles.from_settings(settings)).beside(path), settings)
    filters = [builder.build(entry, [*where, index]) for index, entry in enumerate(entries)]
    mistakes.raise_if_any()
    return [loaded for loaded in filters if loaded is not None]


def _entries(document: object, wrapper: Wrapper, mistakes: Mistakes) -> tuple[list[Step], list[object]]:
    """Where the list of filters stands, and the list."""
    right = _expected(wrapper)
    if not isinstance(document, dict):
        mistakes.add((), f"got {shown(document)}, {right}")
        return [], []
    lists = [key for key in document if key.rpartition(".")[2] in _WRAPPER_NAMES[wrapper]]
    if len(lists) != 1:
        found = ", ".join(f'"{key}"' for key in (lists or document)) or "nothing"
        mistakes.add((), f"{right} once; found {found}")
        return [], []
    for key in document:
        # Editors are told by $schema what the file is about.
        if key not in (lists[0], _SCHEMA) and key.rpartition(".")[2] not in [
            name for names in _WRAPPER_NAMES.values() for name in names
        ]:
            mistakes.add([key], f'"{key}" is not a list of filters; {right}')
    entries = document[lists[0]]
    if not isinstance(entries, list):
        mistakes.add(lists, f"got {shown(entries)}, expected a list of filters")
        return [], []
    return list(lists), entries


def _expected(wrapper: Wrapper) -> str:
    return f'expected {{"<any class name>.{wrapper}": [ …filters… ]}}'


class _Builder:
    """Makes filters of entries, and notes what is wrong with them."""

    def __init__(self, wrapper: Wrapper, mistakes: Mistakes, resources: ResourceFiles, settings: Settings) -> None:
        self._wrapper = wrapper
        self._mistakes = mistakes
        self._resources = resources
        self._settings = settings

    def build(self, entry: object, where: list[Step]) -> LoadedFilter | None:
        if not isinstance(entry, dict):
            self._mistakes.add(
                where, f'got {shown(entry)}, expected an object {{"class": …, "name": …, "params": {{…}}}}'
            )
            return None
        with made(f"{KINDS[self._wrapper]} {_called(entry)}"):
            return self._built(entry, where)

    def _built(self, entry: dict[str, object], where: list[Step]) -> LoadedFilter | None:
        for key in entry:
            if key not in _ENTRY_KEYS:
                hint = did_you_mean(key, _ENTRY_KEYS) or ";"
                self._mistakes.add([*where, key], f'a filter has no "{key}"{hint} it has class, name, params and scope')
        found = self._class(entry, where)
        name = entry.get("name")
        if name is not None and not isinstance(name, str):
            self._mistakes.add([*where, "name"], f"got {shown(name)}, expected a text")
            name = None
        name = name or (found.__name__ if found else "filter")
        scope = self._scope(entry, name, where)
        if found is None:
            return None
        given = entry.get("params")
        place = [*where, "params"]
        instance = make_filter(found, name, given, place, self._mistakes, self._resources, self._settings)
        if instance is None:
            return None
        return LoadedFilter(name, scope.around(instance, self._wrapper) if scope else instance)

    def _scope(self, entry: dict[str, object], name: str, where: list[Step]) -> Scope | None:
        if "scope" not in entry:
            return None
        place = [*where, "scope"]
        params = validate_params(
            ScopeParams, entry["scope"], place, f"{name}, its scope", self._mistakes, self._resources, self._settings
        )
        return Scope(params) if isinstance(params, ScopeParams) else None

    def _class(self, entry: dict[str, object], where: list[Step]) -> type[Any] | None:
        name = entry.get("class")
        if not isinstance(name, str) or not name.strip():
            given = f"got {shown(name)}" if "class" in entry else f'"class" is missing in {shown(entry)}'
            place = [*where, "class"] if "class" in entry else where
            self._mistakes.add(place, f"{given}, expected the name of a filter class")
            return None
        try:
            return find_class(name.strip(), self._wrapper)
        except ValueError as error:
            self._mistakes.add([*where, "class"], str(error))
            return None


def _called(entry: dict[str, object]) -> str:
    name, found = entry.get("name"), entry.get("class")
    return f"{name} ({found})" if name else str(found)
