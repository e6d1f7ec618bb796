"""Which Python class a filter file means by the `class` of an entry.

There is no registry to edit: a short name is the name of a class in some file of `filters/url/` (or `filters/parse/`).
"""

import ast
import importlib
import importlib.abc
import importlib.util
import inspect
import pkgutil
from functools import cache
from typing import Any, Literal

from spindrift.filtering.nearest import did_you_mean
from spindrift.filtering.stormcrawler import JAVA_CLASSES, PREFIXES, SHORT_NAMES, without_prefix

Wrapper = Literal["URLFilters", "ParseFilters"]

_FOLDERS: dict[Wrapper, str] = {"URLFilters": "spindrift.filters.url", "ParseFilters": "spindrift.filters.parse"}
_ARGUMENTS: dict[Wrapper, tuple[str, ...]] = {
    "URLFilters": ("source_url", "source_metadata", "url"),
    "ParseFilters": ("page",),
}
KINDS: dict[Wrapper, str] = {"URLFilters": "URL filter", "ParseFilters": "parse filter"}


def find_class(name: str, wrapper: Wrapper) -> type[Any]:
    """The class that `name` means: a short name, a Python path or a StormCrawler class name.

    Raises ValueError that says what is wrong with the name, or with the class it leads to, and what is right.
    """
    java = without_prefix(name)
    if java is not None:
        found = _stormcrawler_class(name, java, wrapper)
    elif ":" in name or "." in name:
        found = _imported(name)
    else:
        found = _short_name(name, wrapper)
    _check_filter_method(found, wrapper)
    return found


@cache
def short_names(wrapper: Wrapper) -> dict[str, str]:
    """The short names of the filters that spindrift brings along, and the module of each.

    The files are read, not imported: a filter whose libraries are not installed does not stand in the way of others.
    """
    folder = importlib.import_module(_FOLDERS[wrapper])
    names = {}
    for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
        spec = importlib.util.find_spec(module.name)
        source = (
            spec.loader.get_source(module.name)
            if spec and isinstance(spec.loader, importlib.abc.InspectLoader)
            else None
        )
        for node in ast.parse(source or "").body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and _looks_like_a_filter(node):
                names[node.name] = module.name
    return names


def _looks_like_a_filter(node: ast.ClassDef) -> bool:
    return any(isinstance(part, ast.FunctionDef) and part.name == "filter" for part in node.body)


def _short_name(name: str, wrapper: Wrapper) -> type[Any]:
    known = short_names(wrapper)
    if name in known:
        return _class_of(importlib.import_module(known[name]), name)
    other: Wrapper = "ParseFilters" if wrapper == "URLFilters" else "URLFilters"
    if name in short_names(other):
        raise ValueError(f"{name} is a {KINDS[other]}; it belongs into a list of {other}, this is one of {wrapper}")
    if name in SHORT_NAMES:
        raise ValueError(f"{name} is known in StormCrawler, but not available in spindrift yet; {_available(wrapper)}")
    raise ValueError(f'there is no filter "{name}"{did_you_mean(name, known) or ";"} {_available(wrapper)}')


def _stormcrawler_class(name: str, java: str, wrapper: Wrapper) -> type[Any]:
    if java not in JAVA_CLASSES:
        hint = did_you_mean(name, [prefix + known for prefix in PREFIXES for known in JAVA_CLASSES])
        raise ValueError(f'StormCrawler has no filter class "{name}"{hint}')
    return _short_name(java.rpartition(".")[2], wrapper)


def _available(wrapper: Wrapper) -> str:
    names = ", ".join(sorted(short_names(wrapper)))
    return f"there are {names}, and any class of yours by its path (package.module.Class)"


def _imported(path: str) -> type[Any]:
    module_name, _, class_name = path.rpartition(":" if ":" in path else ".")
    if not all(part.isidentifier() for part in [*module_name.split("."), class_name]):
        raise ValueError(f'"{path}" is not the path of a class, such as package.module.Class')
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name == error.name or module_name.startswith(error.name + ".")):
            raise ValueError(
                f'there is no module "{error.name}" for the class {path}; is it installed, or on PYTHONPATH? '
                f"(of Java classes, only StormCrawler's own have a counterpart here)"
            ) from None
        raise ValueError(f"importing {module_name} failed: {type(error).__name__}: {error}") from error
    except (Exception, SystemExit) as error:  # whatever a user's module raises is shown as the cause
        raise ValueError(f"importing {module_name} failed: {type(error).__name__}: {error}") from error
    return _class_of(module, class_name)


def _class_of(module: Any, name: str) -> type[Any]:
    found = getattr(module, name, None)
    if inspect.isclass(found):
        return found
    classes = [key for key, value in vars(module).items() if inspect.isclass(value)]
    what = "is not a class" if found is not None else "does not exist"
    raise ValueError(f'"{name}" {what} in module {module.__name__}{did_you_mean(name, classes)}')


def _check_filter_method(found: type[Any], wrapper: Wrapper) -> None:
    arguments = _ARGUMENTS[wrapper]
    expected = f"def filter(self, {', '.join(arguments)})"
    method = getattr(found, "filter", None)
    if not callable(method):
        raise ValueError(f"class {found.__qualname__} is not a filter: it needs a method `{expected}`")
    try:
        inspect.signature(method).bind(None, *arguments)
    except TypeError:
        given = f"def filter{inspect.signature(method)}"
        raise ValueError(
            f"class {found.__qualname__} is not a {KINDS[wrapper]}: its method is `{given}`, "
            f"a {KINDS[wrapper]} has `{expected}`"
        ) from None
