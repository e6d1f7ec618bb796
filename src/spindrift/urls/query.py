"""Query elements (`name=value` between `&`), some of them removed."""

import re
from collections.abc import Collection
from urllib.parse import unquote_plus

_hash_value = re.compile(r"[0-9A-Fa-f]{32}").fullmatch


def path_parameters_to_query(path: str, query: str) -> tuple[str, str]:
    """Path and query, with the parameters of the last path element (`/login;jsessionid=1`) moved to the query."""
    folder, slash, last = path.rpartition("/")
    name, semicolon, parameters = last.partition(";")
    if not semicolon:
        return path, query
    return folder + slash + name, "&".join(part for part in (query, *parameters.split(";")) if part)


def _plain(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def without_elements(query: str, names: Collection[str], hashes: bool) -> str:
    """`query` without the elements of these names (and, with `hashes`, those whose value is 32 hexadecimal digits).

    What is left is sorted by name and joined by `&`; each element stays as it was written.
    """
    kept = []
    for element in query.split("&"):
        name, _, value = element.partition("=")
        plain_name = _plain(name)
        if element and plain_name not in names and not (hashes and _hash_value(_plain(value))):
            kept.append((plain_name, element))
    kept.sort(key=lambda pair: pair[0])
    return "&".join(element for _, element in kept)
